// What arrows do to a box: they move it, and with Shift its right and lower edges.
const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const leastSide = 1; // pixels of the image
const held = 5; // how many times as far a key goes that is held down

const within = (value, least, most) => Math.min(Math.max(value, least), most);

// step: in pixels of the image. Returns the box's new edges, none of them beyond the image's; null for any other key.
export function changed({ x0, y0, x1, y1 }, event, step, { width, height }) {
  if (!(event.key in ways))
    return null;
  const [x, y] = ways[event.key].map(way => way * step * (event.repeat ? held : 1));
  if (event.shiftKey)
    return { x0, y0, x1: within(x1 + x, x0 + leastSide, width), y1: within(y1 + y, y0 + leastSide, height) };
  const [right, down] = [within(x, -x0, width - x1), within(y, -y0, height - y1)];
  return { x0: x0 + right, y0: y0 + down, x1: x1 + right, y1: y1 + down };
}
