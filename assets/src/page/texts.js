// What the page says to its script, and the texts in the reader's language.

export const data = JSON.parse(document.getElementById("ask-data").textContent);

const number = new Intl.NumberFormat(data.lang);

/** Return a text with its {blanks} filled in; numbers are written as readers write them. */
export function text(name, values = {}) {
  return fill(data.texts[name], values);
}

/** Return the singular or the plural of a text. */
export function plural(name, count, values = {}) {
  const [one, many] = data.texts[name];
  return fill(count === 1 ? one : many, { rows: count, ...values });
}

/** Return how long something took, in seconds. */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  return text("seconds", { number: seconds < 10 ? Math.max(seconds, 0.1).toFixed(1) : Math.round(seconds) });
}

function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (blank, name) => {
    const value = values[name];
    return value === undefined ? blank : typeof value === "number" ? number.format(value) : value;
  });
}
