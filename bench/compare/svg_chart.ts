/** Bars of one unit on one logarithmic axis. */
export interface Panel {
  readonly title: string;
  readonly rows: readonly PanelRow[];
}

export interface PanelRow {
  readonly label: string;
  /** By series; what is missing gets no bar. Values are above 0. */
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly series: number;
  readonly value: number;
  /** What stands behind the bar. */
  readonly text: string;
}

const WIDTH = 1_000;
const LABEL_WIDTH = 380;
/** Kept free behind the axis for the text of the longest bar. */
const TEXT_WIDTH = 90;
const AXIS_WIDTH = WIDTH - LABEL_WIDTH - TEXT_WIDTH;
const BAR_HEIGHT = 12;
const ROW_GAP = 10;
const TITLE_HEIGHT = 44;
const PANEL_GAP = 20;
const LEGEND_HEIGHT = 40;
const COLOURS = ["#0b6e99", "#d9822b", "#8a8f98", "#7a5195"];

/** A chart that stands by itself: no script, no font or style from elsewhere. */
export function barChart(series: readonly string[], panels: readonly Panel[]): string {
  const parts = [legend(series)];
  let y = LEGEND_HEIGHT;
  for (const panel of panels) {
    parts.push(panelSvg(panel, y));
    y += panelHeight(panel) + PANEL_GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" ` +
    `font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>`,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** The powers of ten that hold all values; they differ at least by one. */
export function decades(values: readonly number[]): { readonly from: number; readonly to: number } {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return { from, to: Math.max(to, from + 1) };
}

function legend(series: readonly string[]): string {
  return series.map((name, index) => {
    const x = LABEL_WIDTH + index * 180;
    return `<rect x="${x}" y="14" width="14" height="14" fill="${colour(index)}"/>` +
      text(x + 20, 26, name);
  }).join("\n");
}

function panelHeight({ rows }: Panel): number {
  return TITLE_HEIGHT + rows.reduce((sum, row) => sum + rowHeight(row), 0);
}

function rowHeight({ bars }: PanelRow): number {
  return Math.max(1, bars.length) * BAR_HEIGHT + ROW_GAP;
}

function panelSvg(panel: Panel, top: number): string {
  const values = panel.rows.flatMap(({ bars }) => bars.map(({ value }) => value));
  const parts = [text(LABEL_WIDTH, top + 16, panel.title, 'font-weight="bold"')];
  if (values.length === 0) return parts[0]!;
  const { from, to } = decades(values);
  const widthOf = (value: number) => (Math.log10(value) - from) / (to - from) * AXIS_WIDTH;
  const bottom = top + panelHeight(panel);
  for (let power = from; power <= to; power++) {
    const x = rounded(LABEL_WIDTH + (power - from) / (to - from) * AXIS_WIDTH);
    parts.push(`<path d="M${x} ${top + TITLE_HEIGHT - 6}V${bottom}" stroke="#d5d8dc"/>`);
    parts.push(text(x, top + 33, powerText(power), 'text-anchor="middle" fill="#6b7178"'));
  }
  let y = top + TITLE_HEIGHT;
  for (const row of panel.rows) {
    const middle = y + rowHeight(row) / 2;
    parts.push(text(LABEL_WIDTH - 10, middle, row.label, 'text-anchor="end"'));
    for (const [index, bar] of row.bars.entries()) {
      const barY = y + index * BAR_HEIGHT;
      const width = rounded(Math.max(1, widthOf(bar.value)));
      parts.push(
        `<rect x="${LABEL_WIDTH}" y="${barY}" width="${width}" height="${BAR_HEIGHT - 2}" ` +
          `fill="${colour(bar.series)}"/>`,
        text(LABEL_WIDTH + width + 5, barY + BAR_HEIGHT - 3, bar.text, 'font-size="10"'),
      );
    }
    y += rowHeight(row);
  }
  return parts.join("\n");
}

function powerText(power: number): string {
  return power < 0 ? `${10 ** power}` : (10 ** power).toLocaleString("en");
}

function colour(series: number): string {
  return COLOURS[series % COLOURS.length]!;
}

function text(x: number, y: number, content: string, attributes = ""): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function rounded(value: number): number {
  return Number(value.toFixed(1));
}
