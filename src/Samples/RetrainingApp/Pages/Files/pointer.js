// What a pointer does on the image: it draws a box, or clicks.
import { scale } from './scene.js';

const leastDrag = 3; // CSS pixels; less is a click

const round = value => Math.round(10 * value) / 10;

function edges({ from, to }) {
  return { x0: Math.min(from.x, to.x), y0: Math.min(from.y, to.y), x1: Math.max(from.x, to.x), y1: Math.max(from.y, to.y) };
}

// size: of the image that is shown; drawing: told of the box so far, and of null at its end; drawn: told of the box; clicked: of the place.
export function follow(scene, size, { drawing, drawn, clicked }) {
  let drag = null;

  // Where a pointer is, in pixels of the image and no further out than its edges.
  function place(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(scene.getScreenCTM().inverse());
    const { width, height } = size();
    return { x: round(Math.min(Math.max(point.x, 0), width)), y: round(Math.min(Math.max(point.y, 0), height)) };
  }

  function end() {
    drag = null;
    drawing(null);
  }

  scene.addEventListener('pointerdown', event => {
    if (event.button !== 0)
      return;
    event.preventDefault();
    scene.setPointerCapture(event.pointerId);
    const from = place(event);
    drag = { from, to: from };
  });
  scene.addEventListener('pointermove', event => {
    if (!drag)
      return;
    drag.to = place(event);
    drawing(edges(drag));
  });
  scene.addEventListener('pointercancel', end);
  scene.addEventListener('pointerup', () => {
    if (!drag)
      return;
    const [box, from] = [edges(drag), drag.from];
    end();
    const side = Math.min(box.x1 - box.x0, box.y1 - box.y0);
    if (side * scale() < leastDrag || side < 1)
      clicked(from);
    else
      drawn(box);
  });
}
