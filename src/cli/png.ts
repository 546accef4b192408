/** Whether PNG can be written, known before anything is computed. */
import { SgdDynamicsError } from "../index.js";
import { renderPNG } from "../plot/index.js";

/** Why there is no PNG; undefined where there is. */
export async function missingForPNG(): Promise<string | undefined> {
  try {
    await renderPNG('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', { systemFonts: false });
    return undefined;
  } catch (error) {
    if (error instanceof SgdDynamicsError) return error.message;
    throw error;
  }
}
