// The canvas of a view: draws a picture in a window, at its place.
const CRISP = 4; // from this zoom on, pixels are seen as the squares they are

export class Stage {
  #canvas;
  #sheet = document.createElement("canvas"); // the picture alone, pixel for pixel
  #painted = [];

  constructor(canvas) {
    this.#canvas = canvas;
  }

  get size() {
    return [this.#canvas.clientWidth, this.#canvas.clientHeight];
  }

  clear() {
    this.#canvas.getContext("2d").reset();
    this.#painted = [];
  }

  draw(picture, window, isInverted, place) {
    this.#paint(picture, window, isInverted);
    const ratio = devicePixelRatio;
    const [width, height] = this.size;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== across || this.#canvas.height !== down) {
      [this.#canvas.width, this.#canvas.height] = [across, down];
    }
    const context = this.#canvas.getContext("2d");
    context.resetTransform();
    context.fillStyle = "#000";
    context.fillRect(0, 0, across, down);
    const matrix = new DOMMatrix().scale(ratio).multiply(place.toScreen(picture, width, height));
    context.setTransform(matrix);
    context.imageSmoothingEnabled = place.scaleFor(picture, width, height) < CRISP;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#sheet, 0, 0);
  }

  // A line over the picture, from and to pixels of it.
  line(picture, place, [from, to]) {
    const context = this.#canvas.getContext("2d");
    const [width, height] = this.size;
    const matrix = place.toScreen(picture, width, height);
    const [a, b] = [from, to].map(([x, y]) => matrix.transformPoint(new DOMPoint(x, y)));
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    for (const [style, thickness] of [["#000", 4], ["#ffd54a", 2]]) {
      [context.strokeStyle, context.lineWidth, context.lineCap] = [style, thickness, "round"];
      context.beginPath();
      context.moveTo(a.x, a.y);
      context.lineTo(b.x, b.y);
      context.stroke();
    }
    return [b.x, b.y];
  }

  #paint(picture, window, isInverted) {
    const wanted = [picture, window.center, window.width, window.curve, isInverted];
    if (wanted.every((each, place) => each === this.#painted[place])) return;
    this.#painted = wanted;
    const { columns, rows } = picture;
    if (this.#sheet.width !== columns || this.#sheet.height !== rows) {
      [this.#sheet.width, this.#sheet.height] = [columns, rows];
    }
    const context = this.#sheet.getContext("2d");
    const data = context.createImageData(columns, rows);
    picture.paint(new Uint32Array(data.data.buffer), window, isInverted);
    context.putImageData(data, 0, 0);
  }
}
