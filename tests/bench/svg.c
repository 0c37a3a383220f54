// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "bench.h"

/* Geometry in user units (pixels at 100 %). */
enum {
	WIDTH = 1080,
	HEIGHT = 760,
	TOP_MARGIN = 96,
	PANEL_W = 350,
	PANEL_H = 330,
	LEFT = 52,		/* of a panel, for the axis */
	PLOT_W = 280,
	PLOT_TOP = 34,
	PLOT_H = 240,
	BAR_W = 44,
	NR_TICKS = 5,
};

/* One panel: the throughput axis runs from 0 to max. */
struct panel {
	double x;
	double y;
	double max;
};

static const char style[] =
	"<style>text{font:12px sans-serif;fill:#222}.big{font-size:17px;font-weight:bold}"
	".title{font-size:14px;font-weight:bold}.small{font-size:11px;fill:#555}"
	".end{text-anchor:end}.mid{text-anchor:middle}.bar{fill:#3b76b8}.grid{stroke:#ddd}"
	".inline{stroke:#c0392b;stroke-width:2}.ni{stroke:#222;stroke-width:2;stroke-dasharray:7 4}"
	".def{stroke:#888;stroke-width:2;stroke-dasharray:2 3}</style>\n";

static double y_of(const struct panel *p, double gbps)
{
	return p->y + PLOT_TOP + PLOT_H - PLOT_H * gbps / p->max;
}

/* The next of 1, 2, 5, 10, .. times NR_TICKS above @top. */
static double axis_max(double top)
{
	static const double steps[] = { 1, 2, 5 };
	double scale = 0.1;
	unsigned int i;

	for (;; scale *= 10)
		for (i = 0; i < 3; i++)
			if (NR_TICKS * steps[i] * scale >= top)
				return NR_TICKS * steps[i] * scale;
}

static void draw_axis(FILE *f, const struct panel *p)
{
	double left = p->x + LEFT, y;
	int i;

	for (i = 0; i <= NR_TICKS; i++) {
		y = y_of(p, p->max * i / NR_TICKS);
		fprintf(f, "<line class=\"grid\" x1=\"%.0f\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\"/>\n",
			left, y, left + PLOT_W, y);
		fprintf(f, "<text class=\"small end\" x=\"%.0f\" y=\"%.1f\">%g</text>\n", left - 6,
			y + 4, p->max * i / NR_TICKS);
	}
}

static void draw_level(FILE *f, const struct panel *p, const char *class, double gbps)
{
	double y = y_of(p, gbps);

	fprintf(f, "<line class=\"%s\" x1=\"%.0f\" y1=\"%.1f\" x2=\"%.0f\" y2=\"%.1f\"/>\n", class,
		p->x + LEFT, y, p->x + LEFT + PLOT_W, y);
}

static void draw_bar(FILE *f, const struct panel *p, unsigned int d, const struct sv_point *pt)
{
	double step = (double)PLOT_W / BENCH_NR_DEPTHS;
	double mid = p->x + LEFT + step * (d + 0.5);
	double y = y_of(p, pt->at.gbps);
	double base = p->y + PLOT_TOP + PLOT_H;

	fprintf(f, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>\n",
		mid - BAR_W / 2.0, y, BAR_W, base - y);
	fprintf(f, "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\" style=\"fill:#fff\">%.2f</text>\n",
		mid, base - 8, pt->ratio_inline);
	fprintf(f, "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%u</text>\n", mid, base + 16,
		sv_bench_depth[d]);
	fprintf(f, "<text class=\"small mid\" x=\"%.1f\" y=\"%.1f\">%.2f us</text>\n", mid, base + 31,
		pt->at.p50_ns / 1000);
}

static void draw_panel(FILE *f, const struct sv_results *r, unsigned int mode, unsigned int size)
{
	struct panel p = { .x = 10 + size * PANEL_W, .y = TOP_MARGIN + mode * PANEL_H };
	double inlined = sv_series_median(&r->inlined[mode][size], r->nr_rounds).gbps;
	double ni = sv_series_median(&r->openssl_ni[mode][size], r->nr_rounds).gbps;
	double def = sv_series_median(&r->openssl[mode][size], r->nr_rounds).gbps;
	struct sv_point pt[BENCH_NR_DEPTHS];
	double top = inlined > def ? inlined : def;
	unsigned int d;

	for (d = 0; d < BENCH_NR_DEPTHS; d++) {
		pt[d] = sv_results_point(r, mode, size, d);
		if (pt[d].at.gbps > top)
			top = pt[d].at.gbps;
	}
	p.max = axis_max(top > ni ? top : ni);

	fprintf(f, "<text class=\"title\" x=\"%.0f\" y=\"%.0f\">%s, %zu bytes</text>\n", p.x + LEFT,
		p.y + 20, sv_bench_mode_name[mode], sv_bench_size[size]);
	draw_axis(f, &p);
	for (d = 0; d < BENCH_NR_DEPTHS; d++)
		draw_bar(f, &p, d, &pt[d]);
	draw_level(f, &p, "def", def);
	draw_level(f, &p, "ni", ni);
	draw_level(f, &p, "inline", inlined);
}

static void draw_key(FILE *f, const char *class, const char *text, int x)
{
	fprintf(f, "<line class=\"%s\" x1=\"%d\" y1=\"78\" x2=\"%d\" y2=\"78\"/>\n", class, x, x + 34);
	fprintf(f, "<text x=\"%d\" y=\"82\">%s</text>\n", x + 42, text);
}

void sv_report_svg(FILE *f, const struct sv_results *r, const struct sv_machine *m)
{
	unsigned int mode, size;

	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
		"width=\"%d\" height=\"%d\">\n", WIDTH, HEIGHT, WIDTH, HEIGHT);
	fprintf(f, "%s<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", style);
	fprintf(f, "<text class=\"big\" x=\"20\" y=\"30\">SE-Vault data path: throughput in GB/s "
		"by requests in flight</text>\n");
	fprintf(f, "<text class=\"small\" x=\"20\" y=\"52\">%s; engines %s and %s; %s; medians of %u "
		"rounds. In the bars: share of inline. Below: requests in flight, median latency."
		"</text>\n", m->cpu_name, m->aes_name, m->ghash_name, m->openssl_name, r->nr_rounds);
	fprintf(f, "<rect class=\"bar\" x=\"20\" y=\"71\" width=\"34\" height=\"14\"/>"
		"<text x=\"62\" y=\"82\">vault, through the ring (two cores)</text>\n");
	draw_key(f, "inline", "same engine inline (one core)", 310);
	draw_key(f, "ni", "OpenSSL, AES-NI code (one core)", 560);
	draw_key(f, "def", "OpenSSL, default (one core)", 820);
	for (mode = 0; mode < BENCH_NR_MODES; mode++)
		for (size = 0; size < BENCH_NR_SIZES; size++)
			draw_panel(f, r, mode, size);
	fprintf(f, "</svg>\n");
}
