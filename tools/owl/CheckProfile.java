import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.formats.TurtleDocumentFormat;
import org.semanticweb.owlapi.io.RDFParserMetaData;
import org.semanticweb.owlapi.io.StringDocumentSource;
import org.semanticweb.owlapi.io.UnparsableOntologyException;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyCreationException;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.model.OWLRuntimeException;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/**
 * Says whether the Turtle files, taken together, are one OWL 2 DL ontology.
 *
 * <p>Violations are printed one a line. The exit status is 0 for an ontology in the profile, 1 for
 * one outside it or a file that cannot be parsed, 2 for wrong usage.
 *
 * @see <a href="https://www.w3.org/TR/owl2-syntax/#Ontologies_in_OWL_2_DL">OWL 2, section 3</a>
 */
public final class CheckProfile {
  private static final IRI NOTHING = IRI.create("file:///dev/null/imports-are-not-fetched");

  private CheckProfile() {}

  public static void main(String[] files) throws Exception {
    if (files.length == 0) {
      System.err.println("usage: CheckProfile FILE.ttl...");
      System.exit(2);
    }
    OWLOntology ontology = null;
    try {
      ontology = parse(join(files));
    } catch (UnparsableOntologyException error) {
      // One parser was tried, so there is one exception; its text names the line.
      error.getExceptions().values().forEach(cause -> complain(files, cause));
      System.exit(1);
    } catch (OWLOntologyCreationException | OWLRuntimeException error) {
      complain(files, error);
      System.exit(1);
    }
    List<String> violations = violations(ontology);
    violations.forEach(System.out::println);
    System.out.printf(
        "%s: %d axioms, %d violations of OWL 2 DL%n",
        String.join(" + ", files), ontology.getAxiomCount(), violations.size());
    System.exit(violations.isEmpty() ? 0 : 1);
  }

  private static void complain(String[] files, Throwable error) {
    System.err.println(String.join(" + ", files) + ", joined: " + error.getMessage());
  }

  /**
   * Returns the files as one Turtle document. They are joined before they are parsed because the
   * meaning of a triple in one hangs on a declaration in another: whether rdfs:range names a class
   * or a datatype. Turtle allows a second @base or @prefix; the files share no blank node labels.
   */
  private static String join(String[] files) throws Exception {
    StringBuilder document = new StringBuilder();
    for (String file : files) {
      document.append(Files.readString(Path.of(file))).append('\n');
    }
    return document.toString();
  }

  private static OWLOntology parse(String turtle) throws OWLOntologyCreationException {
    OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    // Nothing is fetched: an import that these files do not satisfy is an error.
    manager.getIRIMappers().clear();
    manager.getIRIMappers().add(iri -> NOTHING);
    return manager.loadOntologyFromOntologyDocument(
        new StringDocumentSource(
            turtle, "urn:joined-files", new TurtleDocumentFormat(), "text/turtle"));
  }

  private static List<String> violations(OWLOntology ontology) {
    List<String> found = new ArrayList<>();
    for (OWLProfileViolation violation : new OWL2DLProfile().checkOntology(ontology).getViolations()) {
      found.add(violation.toString());
    }
    // Triples that fit no axiom stay out of the model, so the profile alone would not see them.
    if (ontology.getNonnullFormat().getOntologyLoaderMetaData().orElse(null)
        instanceof RDFParserMetaData metadata) {
      metadata.getUnparsedTriples().forEach(triple -> found.add("no axiom holds " + triple));
    }
    found.sort(null);
    return found;
  }
}
