// How a picture lies in its view: zoom, where it was moved to, turned and mirrored.
const LEAST = 0.02;
const MOST = 64;

export class Place {
  zoom = 0; // CSS pixels for a column; 0: as large as fits
  x = 0; // CSS pixels from the middle
  y = 0;
  turns = 0; // quarters, clockwise
  isMirrored = false; // left and right, before it is turned

  // What the stored directions right and down become on the screen: the two columns.
  get matrix() {
    const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][this.turns];
    const flip = this.isMirrored ? -1 : 1;
    return [cos * flip, sin * flip, -sin, cos];
  }

  scaleFor(picture, width, height) {
    if (this.zoom) return this.zoom;
    const size = [picture.columns, picture.rows * picture.aspect];
    const [across, down] = this.turns % 2 ? size.reverse() : size;
    return Math.min(width / across, height / down);
  }

  // The transformation from pixels of the picture to CSS pixels of the view.
  toScreen(picture, width, height) {
    const scale = this.scaleFor(picture, width, height);
    const [a, b, c, d] = this.matrix;
    return new DOMMatrix([a, b, c, d, width / 2 + this.x, height / 2 + this.y])
      .scale(scale, scale * picture.aspect)
      .translate(-picture.columns / 2, -picture.rows / 2);
  }

  // Where a point of the view lies in the picture: column and row.
  toPixel(picture, width, height, [x, y]) {
    const found = this.toScreen(picture, width, height).inverse().transformPoint(new DOMPoint(x, y));
    return [found.x, found.y];
  }

  // Larger by a factor, so that the point of the view stays where it is.
  magnify(factor, picture, size, point = [size[0] / 2, size[1] / 2]) {
    const before = this.scaleFor(picture, ...size);
    const after = Math.min(MOST, Math.max(LEAST, before * factor));
    const [dx, dy] = [point[0] - size[0] / 2 - this.x, point[1] - size[1] / 2 - this.y];
    this.x += dx * (1 - after / before);
    this.y += dy * (1 - after / before);
    this.zoom = after;
  }

  move(dx, dy) {
    this.x += dx;
    this.y += dy;
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
  }

  // Mirrored as it is seen, however it is turned.
  flip(isUpsideDown) {
    this.turns = ((isUpsideDown ? 2 : 0) - this.turns + 4) % 4;
    this.isMirrored = !this.isMirrored;
  }

  fit() {
    [this.zoom, this.x, this.y] = [0, 0, 0];
  }

  // One pixel of the picture is one of the screen.
  original() {
    [this.zoom, this.x, this.y] = [1 / devicePixelRatio, 0, 0];
  }

  // What lies to the right of the view and below it, of what does so in the picture.
  sides([right, down], opposite) {
    const [a, b, c, d] = this.matrix;
    const choose = (along, across) => {
      const letters = along ? right : down;
      return (along || across) > 0 ? letters : opposite(letters);
    };
    return [choose(a, c), choose(b, d)];
  }
}
