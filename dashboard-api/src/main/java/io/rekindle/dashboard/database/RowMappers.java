package io.rekindle.dashboard.database;

import com.fasterxml.jackson.databind.JsonNode;
import io.rekindle.dashboard.json.Json;
import java.lang.reflect.Constructor;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.generic.GenericType;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.RowMapperFactory;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.mapper.reflect.JdbiConstructors;
import org.jdbi.v3.core.qualifier.QualifiedType;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Maps rows to records: each component is the column of its name in snake case. Nested records need
 * {@link org.jdbi.v3.core.mapper.Nested}.
 *
 * <p>Jdbi derives such a mapper by reflection in each statement, which takes longer than most of
 * the dashboard's statements. This class keeps the mappers.
 */
final class RowMappers implements RowMapperFactory {

  private final Map<Class<?>, RowMapper<?>> ofRecords = new ConcurrentHashMap<>();

  private RowMappers() {}

  /** Registers the mappers, for {@code mapTo(SomeRecord.class)}. */
  static Jdbi register(Jdbi jdbi) {
    return jdbi.registerColumnMapper(
            Instant.class,
            (row, column, context) -> instant(row.getObject(column, OffsetDateTime.class)))
        .registerColumnMapper(
            JsonNode.class, (row, column, context) -> Json.column(row.getString(column)))
        .registerColumnMapper(
            new GenericType<List<String>>() {}, (row, column, context) -> texts(row, column))
        .registerColumnMapper(
            QualifiedType.of(BigDecimal.class).with(Points.class),
            (row, column, context) -> points(row.getBigDecimal(column)))
        .registerColumnMapper(
            FactorPoints.class, (row, column, context) -> FactorPoints.read(row, column))
        .registerRowMapper(new RowMappers());
  }

  @Override
  public Optional<RowMapper<?>> build(Type type, ConfigRegistry config) {
    if (!(type instanceof Class<?> rows) || !rows.isRecord()) {
      return Optional.empty();
    }
    return Optional.of(ofRecords.computeIfAbsent(rows, RowMappers::ofRecord));
  }

  private static RowMapper<?> ofRecord(Class<?> rows) {
    Constructor<?> constructor = JdbiConstructors.findConstructorFor(rows);
    // A record of one query may be private to it.
    constructor.setAccessible(true);
    return new RecordMapper<>(ConstructorMapper.of(constructor));
  }

  /** Keeps what the reflection found for each list of columns, of which a record has a few. */
  private record RecordMapper<T>(RowMapper<T> byReflection, Map<List<String>, RowMapper<T>> known)
      implements RowMapper<T> {

    RecordMapper(RowMapper<T> byReflection) {
      this(byReflection, new ConcurrentHashMap<>());
    }

    @Override
    public T map(ResultSet row, StatementContext context) throws SQLException {
      return specialize(row, context).map(row, context);
    }

    @Override
    public RowMapper<T> specialize(ResultSet rows, StatementContext context) throws SQLException {
      List<String> columns = columns(rows.getMetaData());
      RowMapper<T> mapper = known.get(columns);
      if (mapper == null) {
        mapper = byReflection.specialize(rows, context);
        known.put(columns, mapper);
      }
      return mapper;
    }

    private static List<String> columns(ResultSetMetaData rows) throws SQLException {
      String[] columns = new String[rows.getColumnCount()];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = rows.getColumnLabel(i + 1);
      }
      return List.of(columns);
    }
  }

  private static Instant instant(OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  /** Without trailing zeros: 66, not 66.0000, for a number that can have a fraction. */
  static BigDecimal points(BigDecimal stored) {
    if (stored == null) {
      return null;
    }
    BigDecimal stripped = stored.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** Never null; null elements are left out. */
  private static List<String> texts(ResultSet row, int column) throws SQLException {
    Array array = row.getArray(column);
    return array == null
        ? List.of()
        : Arrays.stream((Object[]) array.getArray())
            .filter(Objects::nonNull)
            .map(Object::toString)
            .toList();
  }
}
