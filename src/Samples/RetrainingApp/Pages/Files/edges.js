// What becomes of a box whose edges go along: none goes beyond the image's, and none past the one opposite.
const leastSide = 1; // pixels of the image
const share = 4; // of a small box so much of each side is its edge at most: between them it can still be moved

const within = (value, least, most) => Math.min(Math.max(value, least), most);

// x, y: so far to the right and down. All take pixels of the image.
export function moved({ x0, y0, x1, y1 }, { x, y }, { width, height }) {
  const [right, down] = [within(x, -x0, width - x1), within(y, -y0, height - y1)];
  return { x0: x0 + right, y0: y0 + down, x1: x1 + right, y1: y1 + down };
}

// edges: the names of those that go along.
export function resized({ x0, y0, x1, y1 }, edges, { x, y }, { width, height }) {
  const goes = edge => edges.includes(edge);
  return {
    x0: goes('x0') ? within(x0 + x, 0, x1 - leastSide) : x0,
    y0: goes('y0') ? within(y0 + y, 0, y1 - leastSide) : y0,
    x1: goes('x1') ? within(x1 + x, x0 + leastSide, width) : x1,
    y1: goes('y1') ? within(y1 + y, y0 + leastSide, height) : y1,
  };
}

// The edges within reach of a place: one, two at a corner, or none.
export function edgesAt({ x0, y0, x1, y1 }, { x, y }, reach) {
  return [...near(x, ['x0', x0], ['x1', x1]), ...near(y, ['y0', y0], ['y1', y1])].filter(() => x >= x0 - reach && x <= x1 + reach && y >= y0 - reach && y <= y1 + reach);

  function near(value, [low, least], [high, most]) {
    const inside = Math.min(reach, (most - least) / share);
    return value <= least + inside ? [low] : value >= most - inside ? [high] : [];
  }
}

// Where edges can be taken hold of: at the corners, and halfway between them.
export const grips = ({ x0, y0, x1, y1 }) =>
  [x0, (x0 + x1) / 2, x1].flatMap((x, i) => [y0, (y0 + y1) / 2, y1].map((y, j) => ({ x, y, middle: i === 1 && j === 1 }))).filter(place => !place.middle);
