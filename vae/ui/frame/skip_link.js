// Puts a link before everything else on a page, with which a keyboard passes the sidebar and the controls.
addEventListener("DOMContentLoaded", () => {
  const FIGURES = "[data-testid=stBidiComponent], [data-testid=stPlotlyChart], [data-testid=stImage], [data-testid=stDataFrame]";
  const link = document.createElement("a");
  link.id = "skip-to-figure";
  link.href = "#stMain";
  // The map takes the focus itself, inside the component that it is a part of.
  const figure = () => {
    const first = document.querySelector(".st-key-latent_map") ?? document.querySelector(`#stMain :is(${FIGURES})`);
    const inside = [...(first?.querySelectorAll("*") ?? [])].map((one) => one.shadowRoot?.querySelector("[tabindex='0']"));
    return inside.find(Boolean) ?? first ?? document.getElementById("stMain");
  };
  const name = () => { link.textContent = document.querySelector(".st-key-latent_map") ? "Skip to the map" : "Skip to the figure"; };
  link.addEventListener("focus", name);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const target = figure();
    if (target && target.tabIndex < 0) target.tabIndex = -1;
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  });
  name();
  document.body.prepend(link);
});
