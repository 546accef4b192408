/** `sgd-dynamics figures`: the papers' pictures, drawn from runs. */
import { toJSON } from "../../formats/index.js";
import { SgdDynamicsError } from "../../index.js";
import type { PaperFigure } from "../../papers/index.js";
import { renderHeatMap } from "../../plot/index.js";
import { type Register, wordsOf } from "../command.js";
import { checkWritable } from "../files.js";
import { wrapped } from "../labels.js";
import { writeFiles } from "../output.js";
import { chosenItems, chosenPapers, type Item, oneAfterTheOther, paperNames, withSkipped } from "../papers/choice.js";
import { dataFiles, dataOption } from "../papers/data.js";
import { missingForPNG } from "../png.js";
import { duration } from "../progress.js";
import { INTERRUPTED, type Terminal } from "../terminal.js";

const FORMATS = ["svg", "png", "json"] as const;

interface FiguresFlags {
  readonly out: string;
  readonly figure?: string[];
  readonly formats?: readonly (typeof FORMATS)[number][];
  readonly gallery?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

export const registerFigures: Register = (program, terminal, run) => {
  program
    .command("figures")
    .description("draw the figures of the papers, each from runs of its own")
    .argument("[paper]", `of one paper alone: ${paperNames().join(", ")}`)
    .option("-o, --out <folder>", "where PAPER-FIGURE.svg and .png are written [figures]", "figures")
    .option("--figure <name...>", "these alone")
    .option(
      "--formats <list>",
      "svg, png, json (the figure's data, as the library draws it) [svg,png]",
      wordsOf(FORMATS),
    )
    .option("--gallery", "those of the README alone")
    .option("--data <folder>", dataOption)
    .option("--json", "print what was drawn as JSON, and nothing else")
    .action((paper: string | undefined, flags: FiguresFlags) => run(() => figuresCommand(paper, flags, terminal)));
};

async function figuresCommand(name: string | undefined, flags: FiguresFlags, terminal: Terminal): Promise<number> {
  const { out, formats = ["svg", "png"] } = flags;
  const all = chosenPapers(name).flatMap((paper) =>
    paper.figures
      .filter(({ inGallery }) => inGallery || !flags.gallery)
      .map((figure): Item<PaperFigure> => {
        return { paper, name: `${paper.name}-${figure.name}`, seconds: figure.seconds, work: figure };
      }),
  );
  const files = dataFiles(flags.data);
  const items = await withSkipped(chosenItems("figure", all, flags.figure), files);
  const pathsOf = (item: Item<PaperFigure>) => formats.map((format) => `${out}/${item.name}.${format}`);
  await checkWritable(items.flatMap(pathsOf));
  if (formats.every((format) => format === "png")) {
    // minutes of work that could not be kept
    const missing = await missingForPNG();
    if (missing) throw new SgdDynamicsError("missing-dependency", missing);
  }
  const say = flags.json ? () => {} : terminal.print;
  const layout = { width: Math.min(terminal.columns, 120) };
  const began = performance.now();
  const drawn: { figure: string; description: string; files: readonly string[] }[] = [];
  const notes = new Set<string>();
  /** Skipped for want of data. */
  const left: string[] = [];

  await oneAfterTheOther(items, terminal, async (item, control) => {
    const { draw, description } = item.work;
    if (item.skipped) {
      return () => {
        left.push(item.name);
        say(wrapped(`${item.name} is skipped: ${item.skipped}`, layout));
      };
    }
    const drawing = await draw({ ...control, files }).catch((error: unknown) => {
      if (!terminal.signal.aborted) throw error;
    });
    if (terminal.signal.aborted || !drawing) return;
    const isMap = !("series" in drawing);
    const { written, skipped } = await writeFiles(pathsOf(item), {
      columns: () => [],
      arrays: () => ({}),
      json: () => drawing,
      chart: isMap ? undefined : drawing,
      ...(isMap ? { figure: () => renderHeatMap(drawing) } : {}),
    });
    return () => {
      for (const sentence of skipped) notes.add(sentence.replace(/^.* is not written\. /, ""));
      drawn.push({ figure: item.name, description, files: written });
      if (written.length > 0) say(wrapped(`${written.join(", ")}: ${description}`, layout));
    };
  });

  for (const sentence of notes) terminal.note(sentence);
  say(
    `\n${wrapped(`${drawn.length} of ${items.length} figures${left.length > 0 ? ` (${left.length} skipped)` : ""}, ${duration((performance.now() - began) / 1000)}.`, layout)}`,
  );
  if (flags.json) terminal.print(toJSON({ figures: drawn, ...(left.length > 0 ? { skipped: left } : {}) }).trimEnd());
  if (terminal.signal.aborted) return INTERRUPTED;
  return drawn.every(({ files }) => files.length === formats.length) ? 0 : 1;
}
