// Where the boxes of a graph stand: forces first, then room for every label.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const STEPS = 300;
const GAP = 4;
const ASPECT = 0.6;

/** Give each box its x and y, so that none overlaps another; return the height they take.
 *
 * A box is `width` by `height`, centered on x; y is the middle of its dot, `height / 2` from the
 * top of the box at most. Nothing moves on the screen: the forces come to rest before this returns.
 */
export function arrange(boxes, pairs, width) {
  const height = Math.max(width * ASPECT, 160);
  boxes.forEach((box, place) => {
    // The same picture each time: no random start.
    box.x = width / 2 + Math.cos(place * 2.4) * Math.sqrt(place) * 24;
    box.y = height / 2 + Math.sin(place * 2.4) * Math.sqrt(place) * 24;
  });
  forceSimulation(boxes)
    .force("links", forceLink(pairs).distance(Math.min(width / 4, 130)).strength(0.5))
    .force("apart", forceManyBody().strength(-500))
    .force("room", forceCollide((box) => box.width / 2.6))
    .force("x", forceX(width / 2).strength(0.06))
    .force("y", forceY(height / 2).strength(0.12))
    .stop()
    .tick(STEPS);
  spread(boxes, width);
  return makeRoom(boxes, width);
}

/** Stretch or squeeze the picture to the width. */
function spread(boxes, width) {
  const left = Math.min(...boxes.map((box) => box.x - box.width / 2));
  const right = Math.max(...boxes.map((box) => box.x + box.width / 2));
  const scale = Math.min(1, width / (right - left));
  const middle = (left + right) / 2;
  for (const box of boxes) {
    const half = box.width / 2;
    const x = width / 2 + (box.x - middle) * scale;
    box.x = Math.min(Math.max(x, half), width - half);
  }
}

/** Move boxes down until none overlaps a higher one; return the height of the whole. */
function makeRoom(boxes, width) {
  const placed = [];
  for (const box of [...boxes].sort((a, b) => a.y - b.y)) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const other of placed) {
        if (overlap(box, other)) {
          moved = stepAside(box, other, placed, width) || moved;
        }
      }
    }
    placed.push(box);
  }
  const top = Math.min(...boxes.map((box) => box.y)) - 12;
  for (const box of boxes) box.y -= top;
  return Math.ceil(Math.max(...boxes.map((box) => box.y + box.height)));
}

/** Put a box beside the other one where that is near and free, else below it. */
function stepAside(box, other, placed, width) {
  const apart = (box.width + other.width) / 2 + GAP;
  const side = box.x < other.x ? -1 : 1;
  const x = other.x + side * apart;
  const inside = x >= box.width / 2 && x <= width - box.width / 2;
  const beside = { ...box, x };
  if (inside && Math.abs(x - box.x) < box.height && !placed.some((one) => overlap(beside, one))) {
    box.x = x;
  } else {
    box.y = other.y + other.height + GAP;
  }
  return true;
}

function overlap(a, b) {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + GAP - 0.01 &&
    a.y < b.y + b.height + GAP - 0.01 &&
    b.y < a.y + a.height + GAP - 0.01
  );
}
