// What depends on the URL by which the page was loaded: where it came from, and what was searched for.
//
// Text from a URL is somebody else's text. textContent shows it letter by letter; innerHTML would
// read it as HTML, and a link with <img onerror=…> in its query would run a program in this page.
"use strict";

const say = (id, text) => {
  const note = document.getElementById(id);
  if (!note) return; // the contact page has no search note
  note.textContent = text;
  note.hidden = false;
};

// A double click on the file shows the same page, but no server was asked.
if (location.protocol === "file:") {
  say("file-note", "This page was opened as a file, so no server was asked for it. "
    + "Start the server and open the address that it prints.");
} else {
  // The command to try, with the port that this server really has.
  const origin = document.getElementById("origin");
  if (origin) origin.textContent = location.origin;
}

// The search form sends ?q=…
const words = new URLSearchParams(location.search).get("q");
if (words) {
  document.getElementById("q").value = words;
  say("search-note", `You searched for “${words}”. The server got these words in the request target, `
    + "after the question mark, and did not look at them: it only hands out files. "
    + "This sentence was written in your browser, by js/page.js.");
}
