package io.rekindle.local.importing;

import io.rekindle.local.ShopDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tests that each begin with an empty shop into which they import. */
abstract class EachWithImportedShop {

  @RegisterExtension static final ShopDatabase database = new ShopDatabase();

  @TempDir Path directory;

  ImportedShop shop;

  @BeforeEach
  void connect() throws SQLException {
    shop = new ImportedShop(database, directory);
  }

  @AfterEach
  void disconnect() throws SQLException {
    shop.close();
  }
}
