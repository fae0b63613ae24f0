// Looks at a page as a person does: which texts are cut off, how many words stand between the figures, and where a
// figure lies. Every function sees into the components' shadow roots.
(() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const parent = (one) => one.parentElement ?? one.getRootNode().host ?? null;
  const up = function* (one) { for (let at = one; at; at = parent(at)) yield at; };
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const main = () => document.getElementById("stMain");

  // Returns visible texts with their boxes; texts for screen readers alone have boxes of a pixel.
  const texts = (root) => all(root).flatMap((element) =>
    [...element.childNodes].filter((node) => node.nodeType === 3 && /[\p{L}\p{N}]/u.test(node.data)).flatMap((node) => {
      if (!seen(element) || ["STYLE", "SCRIPT", "OPTION", "TITLE"].includes(element.tagName)) return [];
      if (element.closest(".katex-mathml, annotation, .nsewdrag, [data-testid=stTooltipContent]")) return [];
      if ([...up(element)].some((one) => one.clientWidth === 1 && one.clientHeight === 1)) return [];
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      return box.width && box.height ? [{ element, text: node.data.trim(), box }] : [];
    }));

  const SLACK = 2;  // pixels, for letters that lean over their boxes
  // Tells what cuts a text off: an ancestor whose overflow is hidden, or the window.
  const cutBy = ({ element, box }) => {
    for (const one of up(element)) {
      const style = getComputedStyle(one), edge = one.getBoundingClientRect();
      if (/auto|scroll/.test(style.overflowX)) return null;
      const hides = (value) => value === "hidden" || value === "clip";
      const inline = style.display === "inline";
      if (!inline && hides(style.overflowX) && (box.left < edge.left - SLACK || box.right > edge.right + SLACK)) return one;
      if (!inline && hides(style.overflowY) && (box.top < edge.top - SLACK || box.bottom > edge.bottom + SLACK))
        return one.scrollHeight > one.clientHeight + SLACK || one.tagName.toLowerCase() === "svg" ? one : null;
    }
    return box.right > innerWidth + SLACK || box.left < -SLACK ? document.documentElement : null;
  };
  const named = (one) => `${one.tagName.toLowerCase()}${one.dataset?.testid ? `[${one.dataset.testid}]` : ""}`;

  window.look = {
    cut: () => texts(main()).map((one) => ({ ...one, by: cutBy(one) })).filter(({ by }) => by)
      .map(({ text, by }) => `“${text.slice(0, 60)}” by ${named(by)}`),
    // Texts of one chart that lie on one another. The names of classes on a map, which are bold, lie
    // where the data have them.
    collided: () => [...document.querySelectorAll(".js-plotly-plot")].flatMap((chart) => {
      const found = texts(chart).filter(({ element }) => !element.closest(".annotation tspan[style*=bold]")), pairs = [];
      found.forEach((one, i) => found.slice(i + 1).forEach((other) => {
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (wide > 3 && high > 4 && one.element !== other.element && !one.element.contains(other.element) && one.element.parentElement !== other.element.parentElement)
          pairs.push(`“${one.text.slice(0, 40)}” on “${other.text.slice(0, 40)}”`);
      }));
      return pairs;
    }),
    words: () => {
      const TEXT = "[data-testid=stMarkdown], [data-testid=stCaptionContainer], [data-testid=stHeading], [data-testid=stAlert]";
      const counted = texts(main()).filter(({ element }) => element.closest(TEXT) && !element.closest("table, .katex-html"));
      const inner = counted.map(({ text }) => text).join(" ");
      return inner.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
    },
    linked: () => [...main().querySelectorAll("a[href*='glossary?term=']")].filter(seen)
      .map((one) => ({ word: one.textContent, term: new URL(one.href).searchParams.get("term"), told: one.title })),
    // Pictures without a text of their own that are not part of something with a name, such as a button of a wall.
    unnamed: () => all(main()).filter((one) => one.tagName === "IMG" && seen(one) && !one.alt && !one.closest("[aria-label]"))
      .map(named),
  };
})();
