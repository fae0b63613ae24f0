// What is said of a β in numbers.

const nats = (value) => value.toFixed(1).replace("-", "−");

export function numberWords({ rate, distortion }) {
  return `KL ${nats(rate)} + reconstruction loss ${nats(distortion)} = −ELBO ${nats(rate + distortion)} nats per image`;
}

// Returns the gap to the ladder's runs whose β is nearest in log β; undefined where there are none.
export function nearest(gaps, beta) {
  const away = (gap) => Math.abs(Math.log(gap.beta / beta));
  return gaps.reduce((best, gap) => (best && away(best) <= away(gap) ? best : gap), undefined);
}

export function gapWords(gap) {
  if (!gap) return "";
  const { beta, runs, objective_percent: objective, spread_percent: spread, rate, reconstruction } = gap;
  const several = runs.length > 1;
  const beside = several
    ? `Against the mean of the ladder's ${runs.length} seeds at β = ${beta}, whose objectives span ${spread.toFixed(1)} %`
    : `Against the ladder's VAE of β = ${beta}`;
  const terms = [compared("objective", objective, "%"), compared("KL", rate, "nats"), compared("reconstruction loss", reconstruction, "nats")];
  return `${beside}, this model has at that β: ${terms.join(", ")}.`;
}

function compared(what, value, unit) {
  const size = Math.abs(value).toFixed(1);
  if (size === "0.0") return `the same ${what} to 0.1 ${unit}`;
  return `${what} ${size} ${unit} ${value > 0 ? "higher" : "lower"}`;
}
