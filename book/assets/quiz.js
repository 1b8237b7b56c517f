// Adds a "Check" button to each question of a quiz.
//
// The page is whole without this file: every answer is explained in its
// <details>. The reason that is shown here is read from there, so the two
// cannot differ.

(function () {
  'use strict';

  function check(question) {
    var verdict = question.querySelector('.quiz-verdict');
    var chosen = question.querySelector('input[type=radio]:checked');
    if (!chosen) {
      verdict.className = 'quiz-verdict';
      verdict.textContent = 'Choose an answer first.';
      return;
    }
    var reason = question.querySelector('[data-answer="' + chosen.value + '"]');
    var right = reason.classList.contains('quiz-right');
    verdict.className = 'quiz-verdict ' + (right ? 'quiz-right' : 'quiz-wrong');
    verdict.replaceChildren(
      reason.querySelector('strong').cloneNode(true),
      document.createTextNode(' '),
      reason.querySelector('.quiz-why').cloneNode(true)
    );
  }

  document.querySelectorAll('.quiz-question').forEach(function (question) {
    var button = question.querySelector('.quiz-check');
    button.hidden = false;
    button.addEventListener('click', function () { check(question); });

    question.addEventListener('change', function () {
      var verdict = question.querySelector('.quiz-verdict');
      verdict.className = 'quiz-verdict';
      verdict.textContent = '';
    });

    question.addEventListener('keydown', function (event) {
      // The book turns the page on left and right; radio buttons need them.
      if (event.key.startsWith('Arrow')) { event.stopPropagation(); }
      if (event.key === 'Enter' && event.target.type === 'radio') {
        event.preventDefault();
        check(question);
      }
    });
  });
})();
