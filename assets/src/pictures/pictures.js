// Pictures of answers: loaded when the first one is asked for.

export { chartView } from "./chart.js";
export { graphView } from "./graph.js";
