// Lets the keyboard reach a code block that is wider than the page, so that
// its end can be scrolled into view with the arrow keys.

(function () {
  'use strict';

  function mark() {
    document.querySelectorAll('main pre > code').forEach(function (code) {
      if (code.scrollWidth > code.clientWidth) {
        code.tabIndex = 0;
      } else {
        code.removeAttribute('tabindex');
      }
    });
  }

  // The book turns the page on left and right; here they scroll.
  document.querySelectorAll('main pre > code').forEach(function (code) {
    code.addEventListener('keydown', function (event) {
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') { event.stopPropagation(); }
    });
  });

  mark();
  window.addEventListener('load', mark);
  window.addEventListener('resize', mark);
})();
