// Sorts a table by the column whose heading is clicked.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  table.tHead.addEventListener("click", ({ target }) => {
    const head = target.closest("th");
    if (!head) return;
    const descending = head.getAttribute("aria-sort") !== "descending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const text = (row) => row.cells[head.cellIndex].textContent;
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const rows = [...body.rows].sort((a, b) => compare(text(a), text(b)) * (descending ? -1 : 1));
    body.append(...rows);
  });
}
