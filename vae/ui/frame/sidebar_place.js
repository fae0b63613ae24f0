// Tells the style sheet where the sidebar will stand: Streamlit remembers its width, and whether it is collapsed.
try {
  const width = Number.parseInt(localStorage.getItem("sidebarWidth"), 10);
  if (width > 0) document.documentElement.style.setProperty("--sidebar-width", `${width}px`);
  const presented = "presented" in document.documentElement.dataset;  // The sidebar is not there then.
  if (presented || localStorage.getItem("stSidebarCollapsed-") === "true") document.documentElement.dataset.sidebar = "collapsed";
} catch {
  // Without storage the sidebar is as it is at first.
}
