// The entry of the latent map: Streamlit calls it with every message, and it keeps one map for each place on the page.

import { LatentMap } from "./map.js";

const maps = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let map = maps.get(parentElement);
  if (!map) {
    try {
      map = new LatentMap(parentElement);
    } catch (error) {
      setStateValue("unsupported", error.message);
      return;
    }
    maps.set(parentElement, map);
  }
  [map.send, map.tell] = [setStateValue, setTriggerValue];
  map.update(data).catch((error) => map.fail(error));
  return () => {
    map.destroy();
    maps.delete(parentElement);
  };
}
