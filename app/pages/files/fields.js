// SPDX-License-Identifier: Apache-2.0
// Small pieces of a page: elements, tables, forms, news.

/** Makes an element. Texts are texts: nothing is parsed as HTML. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined && value !== null && value !== false)
      made.setAttribute(key, value === true ? '' : value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function chip(text, is) {
  return el('span', {class: `chip is-${is}`}, text);
}

/**
 * Fills a table. `columns` are {title, cell(row), number}; the first one is the
 * row's heading.
 */
export function fillTable(table, columns, rows, empty) {
  const head = el('tr', {}, ...columns.map((column) => el(
    'th', {scope: 'col', class: column.number ? 'number' : null},
    column.title)));
  const body = rows.map((row) => el('tr', {}, ...columns.map((column, index) =>
    el(index === 0 ? 'th' : 'td',
       {scope: index === 0 ? 'row' : null,
        class: column.number ? 'number' : null},
       column.cell(row)))));
  if (rows.length === 0)
    body.push(el('tr', {}, el('td', {colspan: columns.length, class: 'quiet'},
                              empty)));
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...body);
}

/** Says something where a live region is; `is`: good, bad or nothing. */
export function tell(where, text, is = '') {
  where.dataset.is = is;
  where.textContent = text;
}

/** A sentence of the service, as people write one. */
export function sentence(text) {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return whole === '' || /[.!?]$/.test(whole) ? whole : whole + '.';
}

/** Says why something was refused, at its field if it has one. */
export function tellRefusal(where, why, form = null) {
  tell(where, `${sentence(why.message)} ${why.remedy || ''}`.trim(), 'bad');
  const field = form && why.parameter
    && form.elements.namedItem(why.parameter);
  if (!field || !field.setAttribute)
    return;
  field.setAttribute('aria-invalid', 'true');
  field.focus();
  field.addEventListener('input', () => field.removeAttribute('aria-invalid'),
                         {once: true});
}

/**
 * Runs `work` at most once at a time. The button keeps its focus meanwhile, so
 * it is not `disabled`.
 */
export function whenPressed(button, work) {
  button.addEventListener('click', async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true')
      return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await work(event);
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

/** The same for a form that is sent by its button, or by Enter. */
export function whenSent(form, work) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    if (button.getAttribute('aria-disabled') === 'true')
      return;
    button.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } finally {
      button.removeAttribute('aria-disabled');
    }
  });
}

/** Asks a person; resolves to whether they agree. Focus goes back by itself. */
export function confirmed(title, text, action) {
  return new Promise((resolve) => {
    const dialog = el('dialog', {'aria-labelledby': 'ask-title'},
      el('h2', {id: 'ask-title'}, title), el('p', {}, text),
      el('form', {method: 'dialog', class: 'actions'},
         el('button', {value: 'yes', class: 'danger'}, action),
         el('button', {value: 'no', autofocus: true}, 'Cancel')));
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A number that a field holds, or undefined if it is empty. */
export function numberIn(field) {
  const text = field.value.trim();
  return text === '' ? undefined : Number(text);
}

/** Texts of a field, by commas; undefined if it is empty. */
export function textsIn(field) {
  const texts = field.value.split(',').map((one) => one.trim())
    .filter((one) => one !== '');
  return texts.length === 0 ? undefined : texts;
}
