// XLSX by exceljs's streaming writer: typed cells, number formats, a bold and frozen header, a filter.
"use strict";

const { setImmediate } = require("node:timers/promises");
const ExcelJS = require("exceljs");
const { NAMES, row, HashingSink, tell } = require("./rows.cjs");

const FORMATS = { day: "yyyy-mm-dd", at: "yyyy-mm-dd hh:mm:ss", amount: "#,##0.00" };
const BREATH_ROWS = 1000; // its streams only move while the program waits

async function main(rows) {
  const sink = new HashingSink();
  const beganMs = performance.now();
  const book = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: sink, useStyles: true, useSharedStrings: false });
  const sheet = book.addWorksheet("Rows", { views: [{ state: "frozen", ySplit: 1 }] });
  sheet.columns = NAMES.map((name) => ({ header: name, style: FORMATS[name] ? { numFmt: FORMATS[name] } : {} }));
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: rows + 1, column: NAMES.length } };
  sheet.getRow(1).font = { bold: true };
  sheet.getRow(1).commit();
  for (let n = 0; n < rows; n++) {
    sheet.addRow(row(n)).commit();
    if (n % BREATH_ROWS === 0) await setImmediate();
  }
  sheet.commit();
  await book.commit();
  tell(rows, beganMs, sink);
}

main(Number(process.argv[2]));
