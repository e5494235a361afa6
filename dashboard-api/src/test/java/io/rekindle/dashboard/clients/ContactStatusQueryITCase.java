package io.rekindle.dashboard.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.rekindle.dashboard.ContactCaseRows;
import io.rekindle.dashboard.TestDatabase;
import io.rekindle.dashboard.clients.ContactStatusQuery.ContactStatus;
import io.rekindle.dashboard.database.DashboardDatabase;
import io.rekindle.scoring.contact.ContactCase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contact cases through the query of the pages. */
class ContactStatusQueryITCase {

  private static TestDatabase database;
  private static Map<String, ContactStatus> contacts;

  @BeforeAll
  static void store() throws Exception {
    database = new TestDatabase();
    List<ContactCase> cases = ContactCase.ofPerson().toList();
    for (ContactCase example : cases) {
      ContactCaseRows.store(database, example);
    }
    try (DashboardDatabase dashboard = new DashboardDatabase(database.url(), "rekindle_api", "")) {
      contacts =
          dashboard
              .jdbi()
              .withHandle(
                  handle ->
                      ContactStatusQuery.of(
                          handle, cases.stream().map(ContactCase::name).toList()));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  @ParameterizedTest
  @MethodSource("io.rekindle.scoring.contact.ContactCase#ofPerson")
  void shouldAgreeWithTheContactCase(ContactCase example) {
    assertThat(contacts.get(example.name()).obstacle()).isEqualTo(example.obstacle());
  }
}
