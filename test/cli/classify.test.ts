// `classify` on tiny settings: what it prints, writes and answers to what is wrong.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { performanceExplained, runClassification } from "../../src/classify/index.js";
import { checkClassification, classificationJsonSchema } from "../../src/cli/classify/schema.js";
import { TASKS } from "../../src/cli/classify/task-schema.js";
import { fromNPZ, parseCSV } from "../../src/formats/index.js";
import { papers } from "../../src/papers/index.js";
import { sgd, temporaryFolder } from "./support.js";

const { path, write } = temporaryFolder();

const small = {
  name: "small",
  task: { kind: "disc", train: 200, test: 500 },
  network: { layers: [16, 2] },
  training: { learningRate: 0.1, batchSize: 20, epochs: 20 },
} as const;

const writeBytes = (name: string, bytes: Uint8Array) => writeFileSync(path(name), bytes);

const columnsIn = (file: string) =>
  Object.fromEntries(
    parseCSV(readFileSync(file, "utf8")).map(({ name, values }) => [name, Array.from<number | string>(values)]),
  );

describe("an experiment", () => {
  it("from its file: words, plots, tables within 80 columns, five files with the library's numbers", async () => {
    const file = write("experiment.json", {
      ...small,
      title: "A small disc",
      simple: [{ l2: 1e-3 }, { degree: 2, l2: 1e-3 }],
    });
    const outs = ["csv", "npz", "json", "svg", "png"].map((extension) => path(`small.${extension}`));
    const { code, out, err } = await sgd(["classify", file, "--out", ...outs]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "A small disc. Task disc: a network by SGD of learning rate 0.1, batches of 20, 20 epochs, beside simple classifiers (linear, degree 2); 1 seed.",
    );
    for (const words of [
      "Beside L: linear",
      "Beside L: degree 2",
      " Accuracy\n",
      "T₀, first I(F;Y) ≥ 0.9 I(L;Y)",
      "200 steps of SGD",
    ])
      expect(out).toContain(words);
    for (const line of out.split("\n").filter((one) => !one.includes("Written")))
      expect(line.length).toBeLessThanOrEqual(80);

    const { runs } = await runClassification({ ...small, simple: [{ l2: 1e-3 }, { degree: 2, l2: 1e-3 }] });
    const [{ curve }] = runs[0].simple;
    const n = curve.steps.length;
    const columns = columnsIn(path("small.csv"));
    expect(columns.simple.filter((name) => name === "degree 2")).toHaveLength(n);
    expect(columns.step.slice(0, n)).toEqual(curve.steps);
    expect(columns.mu.slice(0, n)).toEqual(curve.points.map(({ mu }) => mu));
    const arrays = fromNPZ(readFileSync(path("small.npz")));
    expect(arrays.seed1_predictions.shape).toEqual([n, 500]);
    expect(arrays.seed1_mu.shape).toEqual([2, n]);
    // the arrays alone give the curve again
    const last = (arrays.seed1_predictions.data as Int32Array).subarray(500 * (n - 1));
    const simple = (arrays.seed1_simple.data as Int32Array).subarray(0, 500);
    expect(performanceExplained(last, arrays.seed1_labels.data as Int32Array, simple).mu).toBe(curve.points[n - 1].mu);
    const value = JSON.parse(readFileSync(path("small.json"), "utf8"));
    expect(value.status).toBe("completed");
    expect(value.runs[0].simple[0].phases.T0).toBe(runs[0].simple[0].phases.T0);
    expect(readFileSync(path("small.svg"), "utf8")).toContain("A small disc");
    expect([...readFileSync(path("small.png")).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);

    // the JSON of a result is an experiment again, and repeats its numbers
    const again = await sgd(["classify", path("small.json"), "--out", path("again.csv")]);
    expect(again.code).toBe(0);
    expect(readFileSync(path("again.csv"), "utf8")).toBe(readFileSync(path("small.csv"), "utf8"));
  });

  it("over seeds: means with standard deviations", async () => {
    const { code, out } = await sgd([
      "classify",
      write("small.json", small),
      "--seeds",
      "3",
      "--out",
      path("seeds.csv"),
    ]);
    expect(code).toBe(0);
    expect(out).toContain("mean ± standard deviation of 3 seeds");
    expect(out).toMatch(/test accuracy at the end +0\.\d{4} ± 0\.\d{4}/);
    expect([...new Set(columnsIn(path("seeds.csv")).seed)]).toEqual([1, 2, 3]);
  });

  it("speaks JSON and ASCII", async () => {
    const file = write("small.json", small);
    const json = await sgd(["classify", file, "--seed", "4", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      status: "completed",
      experiment: { seeds: [4] },
      runs: [{ seed: 4 }],
    });
    const { out } = await sgd(["classify", file, "--ascii"]);
    expect(out).toMatch(/^[\n -~]*$/);
  });

  it("of flags alone, for every task that is drawn and the digits", async () => {
    const tiny = ["--epochs", "1", "--layers", "8,2", "--evaluations", "3"];
    for (const kind of ["disc", "linear+product", "xor", "teacher", "blobs", "digits"]) {
      const groups = kind === "digits" ? ["--groups", "first-against-last"] : [];
      const { code, err } = await sgd(["classify", "--task", kind, "--batch-size", "25", ...tiny, ...groups]);
      expect([kind, code, err]).toEqual([kind, 0, kind === "xor" ? expect.stringContaining("next to nothing") : ""]);
    }
  });

  it("on files: CSV and IDX, gzip, names seen from the experiment's folder", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 2},${(i * 7) % 5},${i % 2}`).join("\n");
    write("table.csv", rows);
    const flags = ["--epochs", "2", "--layers", "4,2", "--batch-size", "10"];
    expect((await sgd(["classify", "--csv", path("table.csv"), ...flags])).code).toBe(0);
    const file = write("of-table.json", {
      ...small,
      name: "t",
      task: { kind: "csv", file: "table.csv", test: { every: 3 } },
    });
    const { code, out } = await sgd(["classify", file, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out).runs[0].simple[0].simpleAccuracy).toBe(1);

    const idx = (shape: number[], bytes: number[]) =>
      gzipSync(Uint8Array.of(0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, 0, length]), ...bytes));
    const images = idx(
      [40, 1, 2],
      Array.from({ length: 80 }, (_, i) => (i * 37) % 256),
    );
    const labels = idx(
      [40],
      Array.from({ length: 40 }, (_, i) => i % 4),
    );
    for (const [name, bytes] of [
      ["train-images-idx3-ubyte.gz", images],
      ["train-labels-idx1-ubyte.gz", labels],
      ["t10k-images-idx3-ubyte.gz", images],
      ["t10k-labels-idx1-ubyte.gz", labels],
    ] as const)
      writeBytes(name, bytes);
    const grouped = await sgd(["classify", "--idx", path("."), "--groups", "0,1/2,3", ...flags, "--json"]);
    expect(grouped.code).toBe(0);
    expect(JSON.parse(grouped.out).experiment.task.groups).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("of the papers by name", async () => {
    const named = { ...small, name: "tiny-2019-disc", title: "Tiny", description: "Nothing.", seconds: 1 };
    const paper = papers[0] as { classifications?: readonly (typeof named)[] };
    const before = paper.classifications;
    paper.classifications = [named];
    try {
      expect((await sgd(["classify", "tiny-2019-disc"])).out).toContain("Tiny. Nothing. Task disc");
      expect((await sgd(["info", "--experiment", "tiny-2019-disc"])).out).toContain("classification.schema.json");
      const { code, err } = await sgd(["classify", "tiny-2019-disk"]);
      expect(code).toBe(2);
      expect(err).toContain("tiny-2019-disc");
    } finally {
      paper.classifications = before;
    }
  });

  it("gives what there is when training diverges (exit 1) or is interrupted (exit 130)", async () => {
    const diverged = await sgd([
      "classify",
      write("small.json", small),
      "--learning-rate",
      "1e6",
      "--out",
      path("part.csv"),
    ]);
    expect(diverged.code).toBe(1);
    expect(diverged.err).toContain("smaller learningRate");
    expect(columnsIn(path("part.csv")).step[0]).toBe(0);

    // Ctrl-C after so many looks at the signal: well within the training, however slow the machine
    let looks = 0;
    const signal = Object.defineProperty(new EventTarget(), "aborted", { get: () => ++looks > 200 }) as AbortSignal;
    const { code, err } = await sgd(
      ["classify", write("small.json", small), "--epochs", "1000000", "--out", path("part.json")],
      {
        signal,
      },
    );
    expect(code).toBe(130);
    expect(err).toContain("aborted after step");
    const value = JSON.parse(readFileSync(path("part.json"), "utf8"));
    expect(value.status).toBe("aborted");
    expect(value.columns.step.length).toBeGreaterThan(3);
  });

  it("starts where random labels are fitted, by flag or file", async () => {
    const adversarial = { copies: 1, zero: 0, learningRate: 0.1, epochs: 2 };
    const file = write("adversarial.json", { ...small, adversarial });
    const { code, out, err } = await sgd(["classify", file]);
    expect(code).toBe(0);
    expect(out.replaceAll(/\s+/g, " ")).toContain("; it starts where random labels on the samples are fitted; 1 seed.");
    expect(err).toMatch(/Seed 1, random labels: After 2 epochs \d+(\.\d+)? % of the random labels are fitted/);
    const more = JSON.parse((await sgd(["classify", file, "--adversarial", "2", "--json"])).out);
    expect(more.experiment.adversarial).toEqual({ ...adversarial, copies: 2 });
    expect(more.runs[0].adversarial.weightNorm).toBeGreaterThan(0);
    const none = JSON.parse((await sgd(["classify", file, "--adversarial", "0", "--json"])).out);
    expect(none.runs[0].adversarial).toBeUndefined();
  });

  it("says where quotients say nothing, and prints no minus of zero", async () => {
    const { code, out, err } = await sgd(["classify", "--task", "xor", "--epochs", "3", "--layers", "32,2"]);
    expect(code).toBe(0);
    expect(err).toContain("The linear classifier knows next to nothing");
    expect(out).not.toContain("−0.0000");
  });

  it("of seeds that a rule stops at steps of their own: means at the steps of all, their ends told", async () => {
    const file = write("stopped.json", {
      ...small,
      training: { ...small.training, epochs: 200, stop: { accuracy: 0.85 } },
      evaluations: { steps: [0, 10] },
      seeds: 3,
    });
    const { code, out } = await sgd(["classify", file, "--out", path("stopped.csv")]);
    expect(code).toBe(0);
    const { seed, step, accuracy } = columnsIn(path("stopped.csv")) as Record<string, number[]>;
    const ends = seed.map((s, i) => (seed[i + 1] === s ? -1 : i)).filter((i) => i >= 0);
    expect(new Set(ends.map((i) => step[i])).size).toBeGreaterThan(1);
    const mean = ends.reduce((sum, i) => sum + accuracy[i], 0) / 3;
    expect(out).toContain(`test accuracy at the end`);
    expect(out).toMatch(new RegExp(`test accuracy at the end +${mean.toFixed(4)} ±`));
    // rows of the table: steps 0 and 10 alone
    expect(out.match(/^ +(0|10) +\d/gm)).toHaveLength(2);
    expect(out).not.toMatch(new RegExp(`^ +${step[ends[0]]} +\\d`, "m"));
  });

  it("takes the flags of estimation", async () => {
    const given = ["--unit", "nats", "--level", "0.9", "--bootstrap", "20", "--permutations", "3", "--seed", "4"];
    const { out } = await sgd(["classify", write("estimated.json", small), ...given, "--json"]);
    expect(JSON.parse(out).experiment.information).toEqual({
      unit: "nats",
      level: 0.9,
      intervals: { bootstrap: 20, seed: 4 },
      bias: { permutations: 3, seed: 4 },
    });
  });

  it("is called as its file where it says no name", async () => {
    const { name: _, ...nameless } = small;
    const out = JSON.parse((await sgd(["classify", write("my first.json", nameless), "--json"])).out);
    expect(out.experiment.name).toBe("my-first");
  });

  it("takes simpler networks", async () => {
    const network = { layers: [4, 2] };
    const simple = [{ name: "four units", network, training: small.training }];
    const { code, out, err } = await sgd(["classify", write("simpler.json", { ...small, simple })]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.replaceAll(/\s+/g, " ")).toContain("beside simple classifiers (four units); 1 seed.");
    expect(out).toContain("Beside L: four units");
  });

  it("says what is wrong", async () => {
    const cases: [object, string][] = [
      [{ task: { kind: "disk" } }, 'task.kind is "disk"; allowed: "disc", '],
      [
        { task: { kind: "disc", noize: 0 } },
        'task has unknown key "noize"; the fields are kind, train, test, noise, amplitude.',
      ],
      [{ task: { kind: "disc", noise: 2 } }, "task.noise is 2; allowed: a probability up to 1/2."],
      [{ training: { learningRate: 0.1, batchSize: 2 } }, "training needs either epochs or steps."],
      [
        { training: { ...small.training, epoch: 1 } },
        'training has unknown key "epoch"; the fields are learningRate, ',
      ],
      [{ network: { layers: "128" } }, 'network.layers is "128"; allowed: an array of widths'],
      [{ simple: [{ degree: 0 }] }, "simple[0].degree is 0; allowed: a whole number from 1 to 10."],
      [
        { simple: [{ name: "N", network: {}, training: { learningRate: 0.1, batchSize: 2 } }] },
        "simple[0].training needs either epochs or steps.",
      ],
      [
        { simple: [{ name: "N", network: { depth: 2 }, training: small.training }] },
        'simple[0].network has unknown key "depth"; the fields are layers, activation, start, image.',
      ],
      [{ seeds: [1, 1] }, "seeds is an array of 2; allowed: how many"],
      [{ nme: "x" }, 'unknown key "nme"; the fields are $schema, name, '],
      [{ task: undefined }, "task is required; allowed: "],
      [{ network: { layers: [4, 3, 1] }, training: { ...small.training, loss: "softmax" } }, "one output"],
      [{ task: { kind: "csv", file: "nowhere.csv" } }, "nowhere.csv cannot be read: there is no such file."],
    ];
    for (const [fields, sentence] of cases) {
      const { code, err } = await sgd(["classify", write("bad.json", { ...small, ...fields })]);
      expect(err).toContain(sentence);
      expect([sentence, code]).toEqual([sentence, 2]);
    }
    const flags: [string[], string][] = [
      [["--epochs", "0", "--task", "disc"], "Allowed: a whole number above 0."],
      [["--task", "disc", "--csv", "a.csv"], "give one"],
      [["--groups", "0/1"], "--groups is of --csv"],
      [["--idx", path("nowhere")], "train-images-idx3-ubyte"],
      [["nothing-2019"], "There is no classification experiment"],
      [["--csv", write("ragged.csv", "1,2,0\n1,0\n")], "ragged"],
    ];
    for (const [argv, sentence] of flags) {
      const { code, err } = await sgd(["classify", ...argv]);
      expect(err).toContain(sentence);
      expect([sentence, code]).toEqual([sentence, 2]);
    }
  });
});

describe("--information", () => {
  // the table of EXPERIMENTS: n = 800, with its plug-in, Miller-Madow and delta-method values
  const counts = [
    [
      [300, 12],
      [40, 60],
    ],
    [
      [20, 70],
      [8, 290],
    ],
  ];
  const lines = counts.flatMap((byY, f) =>
    byY.flatMap((byL, y) => byL.flatMap((n, l) => Array(n).fill(`${f},${y},${l}`))),
  );

  it("of a file with F, Y, L, gzip or not", async () => {
    const file = write("p.csv", `F,Y,L\n${lines.join("\n")}\n`);
    const { code, out, err } = await sgd(["classify", "--information", file]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/I\(F;Y\) +0\.209239 +0\.025321 +0\.1596 \.\. 0\.2589 +0\.208337/);
    expect(out).toMatch(/I\(F;Y\|L\) +0\.004951 +0\.004588 .* 0\.003148/);
    expect(out).toMatch(/μ +0\.204288 +0\.024931 .* 0\.205190/);
    for (const line of out.split("\n").slice(2)) expect(line.length).toBeLessThanOrEqual(80);
    const packed = path("p.csv.gz");
    writeBytes("p.csv.gz", gzipSync(readFileSync(file)));
    const json = JSON.parse(
      (await sgd(["classify", "--information", packed, "--json", "--unit", "nats", "--out", path("i.csv")])).out,
    );
    expect(json.mu).toBeCloseTo(0.204288 * Math.LN2, 6);
    expect(columnsIn(path("i.csv")).measure).toEqual(["information", "conditional", "mu"]);
  });

  it("warns of few predictions, in words of the table", async () => {
    const { out } = await sgd([
      "classify",
      "--information",
      write("few.csv", "F,Y,L\n1,1,1\n0,0,0\n1,0,1\n1,1,0\n0,0,1\n"),
    ]);
    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /Warning: 5 samples for 2 free cells: .* or go by the column of permutations\./,
    );
  });

  it("says what is wrong with a file", async () => {
    const cases: [string, string][] = [
      ["F,Y\n1,0\n", "no column L"],
      ["F,Y,L\n", "no predictions"],
      ["F,Y,L\n1,0,0.5\n", "row 1: 0.5; allowed: whole numbers"],
      ["F,Y,L\n1,0\n", "has 2 fields"],
    ];
    for (const [text, sentence] of cases) {
      const { code, err } = await sgd(["classify", "--information", write("bad.csv", text)]);
      expect(err).toContain(sentence);
      expect(code).toBe(2);
    }
    expect((await sgd(["classify", "a.json", "--information", "b.csv"])).err).toContain("leave the experiment");
    const both = await sgd(["classify", "--information", "b.csv", "--learning-rate", "0.1"]);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("leave --learning-rate out")]);
  });
});

describe("the schema", () => {
  it("publishes every task and describes every field", () => {
    const schema = classificationJsonSchema() as {
      properties: Record<string, { description?: string; oneOf?: object[]; anyOf?: object[] }>;
      required: string[];
    };
    expect(schema.required).toEqual(["task", "training"]);
    const { task } = schema.properties;
    expect(task.oneOf ?? task.anyOf).toHaveLength(TASKS.length);
    for (const [name, { description }] of Object.entries(schema.properties)) expect(description, name).toBeTruthy();
  });

  it("takes every experiment of the papers", () => {
    for (const { classifications = [] } of papers)
      for (const { seconds: _, ...one } of classifications)
        expect(checkClassification(one, one.name).name).toBe(one.name);
  });
});
