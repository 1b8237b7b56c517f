// Lets the keyboard reach a code block or a table that is wider than the page,
// so that its end can be scrolled into view with the arrow keys.

(function () {
  'use strict';

  var boxes = document.querySelectorAll('main pre > code, main .table-wrapper');

  function mark() {
    boxes.forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute('tabindex');
      }
    });
  }

  // The book turns the page on left and right; here they scroll.
  boxes.forEach(function (box) {
    box.addEventListener('keydown', function (event) {
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') { event.stopPropagation(); }
    });
  });

  mark();
  window.addEventListener('load', mark);
  window.addEventListener('resize', mark);
})();
