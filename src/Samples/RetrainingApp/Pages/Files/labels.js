// Where the labels of boxes go: none over another, as far as there is room.

// Above the box, or inside where the image has no room above it; then line by line further down, and further up at last.
function tops(y, line, height) {
  const lines = Array.from({ length: Math.ceil(height / line) + 1 }, (_, i) => i);
  const places = [-1, ...lines, ...lines.map(i => -2 - i)].map(i => y + i * line).filter(top => top >= 0 && top + line <= height);
  return places.length > 0 ? places : [0];
}

// labels: the upper left corner of each one's box, the surest first, and its length; line: the height of all.
export function layOut(labels, line, width, height) {
  const taken = [];
  // Lines that touch don't overlap, whatever rounding does.
  const apart = .99 * line;
  for (const { x, y, length } of labels) {
    const left = Math.max(Math.min(x, width - length), 0);
    const isFree = top => taken.every(other => left >= other.left + other.length || other.left >= left + length || Math.abs(top - other.top) >= apart);
    const possible = tops(y, line, height);
    taken.push({ left, top: possible.find(isFree) ?? possible[0], length });
  }
  return taken;
}
