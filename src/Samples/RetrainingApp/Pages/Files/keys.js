// What arrows do to a box: they move it, and with Shift its right and lower edges.
import { moved, resized } from './edges.js';

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const held = 5; // how many times as far a key goes that is held down

// step: in pixels of the image. Returns the box's new edges; null for any other key.
export function changed(box, event, step, size) {
  if (!(event.key in ways))
    return null;
  const [x, y] = ways[event.key].map(way => way * step * (event.repeat ? held : 1));
  return event.shiftKey ? resized(box, ['x1', 'y1'], { x, y }, size) : moved(box, { x, y }, size);
}
