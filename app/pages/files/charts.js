// SPDX-License-Identifier: Apache-2.0
// Bars by day, own keys on top of the platform's. A table beside says the same
// in words, so a screen reader is told where that is.

const space = 'http://www.w3.org/2000/svg';
const height = 240;
const left = 56;
const bottom = 24;
const top = 12;

function make(name, attributes, text = '') {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes))
    made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// The next round number, whose half is round, too.
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((one) => one * power)
    .find((one) => one >= value);
}

/** Draws {day, own, platform} each; `words` formats a value. */
export function drawDays(where, days, words, label) {
  const width = Math.max(300, where.clientWidth);
  const most = roundUp(Math.max(1, ...days.map(
    (day) => day.own + day.platform)));
  const room = height - bottom - top;
  const y = (value) => top + room - value / most * room;
  const chart = make('svg', {
    viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img',
    'aria-label': label});
  for (const share of [0, 0.5, 1]) {
    const at = y(most * share);
    chart.append(make('line', {x1: left, x2: width, y1: at, y2: at,
                               class: 'grid'}),
                 make('text', {x: left - 8, y: at + 4, 'text-anchor': 'end'},
                      words(most * share)));
  }
  const step = (width - left) / Math.max(days.length, 1);
  const each = Math.ceil(days.length / Math.floor(width / 70));
  days.forEach((day, index) => {
    const x = left + index * step;
    const wide = Math.min(step * 0.7, 40);
    const from = x + (step - wide) / 2;
    let base = top + room;
    for (const part of ['platform', 'own']) {
      if (day[part] === 0)
        continue;
      const tall = day[part] / most * room;
      base -= tall;
      const bar = make('rect', {x: from, y: base, width: wide, height: tall,
                                class: part});
      bar.append(make('title', {}, `${day.day}: ${words(day[part])}`));
      chart.append(bar);
    }
    if (index % each === 0)
      chart.append(make('text', {x: x + step / 2, y: height - 6,
                                 'text-anchor': 'middle'}, day.day.slice(5)));
  });
  where.replaceChildren(chart);
}
