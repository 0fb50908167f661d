/** Metrics for Prometheus. Names and labels are listed in `metric-names.ts`; what is not listed is not kept. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from '../core/ports/log.ts';
import { metricNames, type MetricKind } from './metric-names.ts';

export interface MetricsRegistry extends Metrics {
  /** The text that Prometheus reads, and its content type. */
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

type Labels = Readonly<Record<string, string>>;

/** Different sets of labels kept for one metric; further ones are counted together as `other`. */
const SERIES_MAX = 200;
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** @param process whether figures of the process itself (memory, event loop, descriptors) are added. */
export function createMetrics(process = true): MetricsRegistry {
  return new PromMetrics(process);
}

interface Shown {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly registers: Registry[];
}

function shownName(name: string, kind: MetricKind): string {
  return `gatehouse_${name}${kind === 'counter' ? '_total' : ''}`;
}

class PromMetrics implements MetricsRegistry {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #series = new Map<string, Set<string>>();
  readonly #unlisted: Counter;

  constructor(process: boolean) {
    if (process) collectDefaultMetrics({ register: this.#registry });
    const registers = [this.#registry];
    const help = 'Metrics that are not listed and so not kept';
    this.#unlisted = new Counter({ name: 'gatehouse_metrics_unlisted_total', help, registers });
    for (const [name, { kind, help, labels }] of Object.entries(metricNames)) {
      this.#add(name, kind, { name: shownName(name, kind), help, labelNames: [...labels], registers });
    }
  }

  #add(name: string, kind: MetricKind, of: Shown): void {
    switch (kind) {
      case 'counter':
        this.#counters.set(name, new Counter(of));
        break;
      case 'gauge':
        this.#gauges.set(name, new Gauge(of));
        break;
      case 'seconds':
        this.#histograms.set(name, new Histogram({ ...of, buckets: BUCKETS }));
    }
  }

  count(name: string, labels: Labels = {}, by = 1): void {
    this.#keep(name, labels, (own, kept) => this.#counters.get(own)?.inc(kept, by));
  }

  gauge(name: string, value: number, labels: Labels = {}): void {
    this.#keep(name, labels, (own, kept) => this.#gauges.get(own)?.set(kept, value));
  }

  observe(name: string, seconds: number, labels: Labels = {}): void {
    this.#keep(name, labels, (own, kept) => this.#histograms.get(own)?.observe(kept, seconds));
  }

  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** A metric that can't be kept must not stop what it measures. */
  #keep(name: string, labels: Labels, write: (own: string, kept: Labels) => void): void {
    const own = name.replace(/^gatehouse_/u, '');
    const listed = metricNames[own];
    try {
      if (listed === undefined) this.#unlisted.inc();
      else write(own, this.#bounded(own, Object.fromEntries(listed.labels.map((key) => [key, labels[key] ?? '']))));
    } catch {
      this.#unlisted.inc();
    }
  }

  #bounded(name: string, labels: Labels): Labels {
    const series = this.#series.get(name) ?? new Set<string>();
    this.#series.set(name, series);
    const key = JSON.stringify(labels);
    if (series.has(key)) return labels;
    if (series.size >= SERIES_MAX) return Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']));
    series.add(key);
    return labels;
  }
}
