package io.rekindle.local.demo;

import java.text.Normalizer;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** A region of the demo shop's clients, with common names. */
public enum Region {
  BRITAIN(
      "en-GB",
      "Europe/London",
      "Oliver Amelia George Isla Harry Ava Noah Emily Jack Sophie Arthur Grace Leo Freya",
      "Smith Jones Taylor Brown Williams Wilson Davies Evans Thomas Roberts Walker Wright"),
  GERMANY(
      "de-DE",
      "Europe/Berlin",
      "Lukas Anna Felix Lena Jonas Marie Paul Laura Maximilian Jürgen Sabine Katja Björn Heike",
      "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Köhler Groß"),
  FRANCE(
      "fr-FR",
      "Europe/Paris",
      "Gabriel Louise Raphaël Emma Arthur Jade Louis Alice Hélène François Chloé Zoé Hugo Inès",
      "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Lefèvre Garçon"),
  SPAIN(
      "es-ES",
      "Europe/Madrid",
      "Hugo Lucía Mateo Sofía Martín María Pablo Paula Álvaro Carmen Iñigo Elena Javier Nuria",
      "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Núñez Díaz Ruiz"),
  POLAND(
      "pl-PL",
      "Europe/Warsaw",
      "Jan Zofia Antoni Julia Jakub Hanna Michał Maja Łukasz Agnieszka Paweł Ewa Tomasz Kinga",
      "Nowak Kowalski Wójcik Kamiński Lewandowski Zieliński Woźniak Mazur Krawczyk Dąbrowski"),
  NEW_YORK(
      "en-US",
      "America/New_York",
      "Liam Olivia Noah Emma James Charlotte Lucas Mia Ethan Harper Mason Ella Logan Scarlett",
      "Johnson Miller Davis Rodriguez Anderson Moore Jackson Lee White Harris Clark Lewis"),
  CALIFORNIA(
      "en-US",
      "America/Los_Angeles",
      "Mateo Camila Daniel Luna Sebastian Aria Julian Chloe Kai Maya Ezra Nova Owen Riley",
      "Nguyen Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Kim Patel Chen Flores"),
  BRAZIL(
      "pt-BR",
      "America/Sao_Paulo",
      "Miguel Helena João Alice Davi Laura Gael Cecília Antônio Lívia Caio Beatriz Thiago Luísa",
      "Silva Santos Oliveira Souza Lima Pereira Ferreira Costa Rodrigues Almeida Araújo Gonçalves"),
  INDIA(
      "en-IN",
      "Asia/Kolkata",
      "Aarav Ananya Vihaan Diya Arjun Isha Rohan Kavya Aditya Meera Kabir Priya Dev Nisha",
      "Sharma Verma Gupta Singh Reddy Nair Iyer Das Kapoor Joshi Mehta Rao"),
  AUSTRALIA(
      "en-AU",
      "Australia/Sydney",
      "William Charlotte Henry Mia Thomas Matilda Lachlan Ruby Cooper Zara Angus Poppy Archie Ivy",
      "Kelly Murphy Campbell Mitchell Stewart Ryan Robinson Thompson King Baker Edwards Hughes");

  private static final List<String> MAIL_HOSTS =
      List.of("example.com", "example.org", "example.net");

  private final String locale;
  private final ZoneId zone;
  private final String firstNames;
  private final String lastNames;

  Region(String locale, String zone, String firstNames, String lastNames) {
    this.locale = locale;
    this.zone = ZoneId.of(zone);
    this.firstNames = firstNames;
    this.lastNames = lastNames;
  }

  public static Region any(Random random) {
    return values()[random.nextInt(values().length)];
  }

  public String locale() {
    return locale;
  }

  public ZoneId zone() {
    return zone;
  }

  public String name(Random random) {
    return any(firstNames, random) + ' ' + any(lastNames, random);
  }

  private static String any(String names, Random random) {
    String[] all = names.split(" ", -1);
    return all[random.nextInt(all.length)];
  }

  /** Returns an address at a domain reserved for examples, which receives no mail. */
  public static String email(String name, String distinction) {
    String ascii =
        Normalizer.normalize(
                name.replace("ß", "ss").replace("Ł", "L").replace("ł", "l"), Normalizer.Form.NFD)
            .replaceAll("[^A-Za-z ]", "")
            .replace(' ', '.')
            .toLowerCase(Locale.ROOT);
    String host = MAIL_HOSTS.get(Math.floorMod(distinction.hashCode(), MAIL_HOSTS.size()));
    return ascii + '.' + distinction + '@' + host;
  }
}
