// Tables: the grid that colspan and rowspan make, and which tables hold data rather than a layout.

const kTableMaxColumns = 100;
const kTableMaxRows = 10_000;

/**
 * The visible cells of a table as rows of slots {cell, repeated}: a cell that spans several slots is in each of them,
 * `repeated` in all but the first. All rows have the same length. `headed`: the first row consists of headers.
 */
function tableGrid(table) {
  const rows = [];
  const pending = [];  // by column: {cell, left}, of cells that reach into the rows below
  let headed = false;
  for (const row of flat.tableRows(table)) {
    if (rows.length === kTableMaxRows) break;
    if (flatVisibility(row) === 'hidden') continue;
    const slots = [];
    const take = () => {
      for (let above; slots.length < kTableMaxColumns && (above = pending[slots.length])?.left > 0;) {
        --above.left;
        slots.push({cell: above.cell, repeated: true});
      }
    };
    let headers = true;
    for (const cell of flat.rowCells(row)) {
      const tag = flatTag(cell);
      if (flatVisibility(cell) === 'hidden') continue;
      headers &&= tag === 'th' || flat.localName(flat.parentNode(row)) === 'thead';
      take();
      const span = (name) => Math.max(1, Number.parseInt(flat.attribute(cell, name) ?? '1', 10) || 1);
      const down = flat.attribute(cell, 'rowspan') === '0' ? kTableMaxRows : span('rowspan');
      for (let i = span('colspan'), repeated = false; i > 0 && slots.length < kTableMaxColumns; --i, repeated = true) {
        pending[slots.length] = {cell, left: down - 1};
        slots.push({cell, repeated});
      }
    }
    take();
    if (!slots.some((slot) => !slot.repeated)) continue;
    if (!rows.length) headed = headers;
    rows.push(slots);
  }
  const width = Math.max(0, ...rows.map((row) => row.length));
  for (const row of rows) while (row.length < width) row.push({cell: null, repeated: true});
  return {rows, width, headed};
}

/**
 * Whether a table only places things: it says so, it holds what no cell of data would, it is a single row or column, or
 * it has no header and its rows differ in their number of cells.
 */
function isLayoutTable(table, grid) {
  const role = flat.attribute(table, 'role');
  if (role === 'presentation' || role === 'none') return true;
  if (grid.width < 2 || flat.find(table, 'table, pre, h1, h2, h3, blockquote, form')) return true;
  if (grid.headed || flat.tableCaption(table)) return false;
  if (grid.rows.length < 2) return true;
  if (flat.find(table, 'th')) return false;
  const cells = grid.rows.map((row) => row.filter((slot) => slot.cell).length);
  return cells.some((count) => count !== cells[0]);
}
