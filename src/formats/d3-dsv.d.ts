/** The two functions used of d3-dsv 3, which ships no types. (Its `csvParse` compiles code with `new Function`; these do not.) */
declare module "d3-dsv" {
  export function csvFormatRow(row: readonly string[]): string;
  export function csvParseRows(text: string): string[][];
}
