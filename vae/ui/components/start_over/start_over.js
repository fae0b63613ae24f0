// Loads the app anew at its first page, without what the browser keeps of this visit.

export default function () {
  try {
    sessionStorage.clear();
  } catch { /* The browser forbids it, and keeps nothing. */ }
  location.replace(new URL(".", location.href));
}
