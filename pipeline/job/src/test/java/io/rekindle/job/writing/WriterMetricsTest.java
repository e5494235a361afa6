package io.rekindle.job.writing;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.email.Email;
import io.rekindle.email.WrittenEmail;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class WriterMetricsTest {

  private final Map<String, Gauge<?>> gauges = new HashMap<>();
  private final WriterMetrics metrics =
      new WriterMetrics(
          new UnregisteredMetricsGroup() {
            @Override
            public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
              gauges.put(name, gauge);
              return gauge;
            }
          });

  @Test
  void shouldCountFromTheStartWhatAModelWasToWriteAndWrote() {
    assertThat(value("modelRequired")).isEqualTo(0L);
    assertThat(value("modelWrote")).isEqualTo(0L);

    metrics.written(email(WrittenEmail.TEMPLATE, null, null));
    metrics.written(email(WrittenEmail.TEMPLATE, "HTTP_401", "m"));
    metrics.written(email(WrittenEmail.LLM, null, "m"));
    assertThat(value("modelRequired")).isEqualTo(2L);
    assertThat(value("modelWrote")).isEqualTo(1L);
    assertThat(value("fallback.HTTP_401")).isEqualTo(1L);
  }

  @Test
  void shouldShowHowRequestsArePut() {
    metrics.requestForm("structuredOutput", 0);
    metrics.requestForm("tokenLimit", 0);
    assertThat(value("form.tokenLimit")).isEqualTo(0);
    metrics.requestForm("tokenLimit", 1);
    assertThat(value("form.tokenLimit")).isEqualTo(1);
    assertThat(value("form.structuredOutput")).isEqualTo(0);
  }

  private Object value(String name) {
    return gauges.get(name).getValue();
  }

  private static WrittenEmail email(String by, String reason, String asked) {
    return new WrittenEmail(
        new Email("Subject", "Preheader", "<p>Html</p>", "Text"),
        by,
        reason,
        asked,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        List.of());
  }
}
