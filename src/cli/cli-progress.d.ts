/** The part used of cli-progress 3, which ships no types. */
declare module "cli-progress" {
  export class SingleBar {
    constructor(options: {
      format: string;
      stream: NodeJS.WritableStream;
      hideCursor?: boolean;
      clearOnComplete?: boolean;
      barCompleteChar?: string;
      barIncompleteChar?: string;
      barsize?: number;
      fps?: number;
      gracefulExit?: boolean;
      linewrap?: boolean;
    });
    start(total: number, value: number, payload: object): void;
    update(value: number, payload: object): void;
    stop(): void;
  }
}
