// The study as DICOMweb (PS3.18 10.4), below the address of the page and nowhere else.
import { fromRendered, toPicture } from "./picture.js";

const UNCOMPRESSED = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1";

// `status` is that of HTTP, 0 where no answer came; `code` what the server calls the problem, if it has a name.
export class Refused extends Error {
  constructor(status, code = "") {
    super(`refused: ${status} ${code}`);
    [this.status, this.code] = [status, code];
  }
}

// RFC 9457, as our server tells problems.
async function codeOf(answer) {
  return answer.json().then(({ code }) => code ?? "", () => "");
}

async function ask(address, accept, signal) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: accept }, signal, referrerPolicy: "no-referrer" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0);
  }
  if (!answer.ok) throw new Refused(answer.status, await codeOf(answer));
  return answer;
}

export class Study {
  constructor(base, uid) {
    this.root = `${base}/dicomweb/studies/${uid}`;
  }

  addressOf(series, instance) {
    return `${this.root}/series/${series}${instance ? `/instances/${instance}` : ""}`;
  }

  // The datasets of a series, or of one instance, without their pixels.
  async metadata(series, instance) {
    const answer = await ask(`${this.addressOf(series, instance)}/metadata`, "application/dicom+json");
    return answer.json();
  }

  // The pixels of a frame; drawn by the server where the browser cannot, or where they are refused.
  async picture(frame, signal) {
    const address = `${this.addressOf(frame.series, frame.instance)}/frames/${frame.number}`;
    if (frame.pixels.isOurs) {
      try {
        const answer = await ask(address, UNCOMPRESSED, signal);
        const picture = toPicture(frame, await answer.arrayBuffer());
        if (picture) return picture;
      } catch (error) {
        // What is not there, or asked for too often, is not drawn either.
        if (!(error instanceof Refused) || [0, 404, 410, 429].includes(error.status)) throw error;
      }
    }
    const answer = await ask(`${address}/rendered`, "image/jpeg, image/png", signal);
    return fromRendered(frame, await answer.blob());
  }
}
