// Tells the style sheet whether the page is presented, and whether it is the tour, whose scenes are pages of their own.
// The address says so, which Streamlit changes without loading the page again. `:has(...)` at the root, in the place of
// this attribute, has all styles computed anew with every change of the page: a chart then took half a minute.
{
  const tell = () => {
    const root = document.documentElement, presented = new URLSearchParams(location.search).get("present") === "1";
    if (presented) root.dataset.presented = /\/tour\/?$/.test(location.pathname) ? "scene" : "page";
    else delete root.dataset.presented;
  };
  for (const name of ["pushState", "replaceState"]) {
    const usual = history[name];
    history[name] = function (...args) {
      const result = usual.apply(this, args);
      tell();
      return result;
    };
  }
  addEventListener("popstate", tell);
  tell();
}
