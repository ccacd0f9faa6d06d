// Java's JSSE, set up in whatever broken way it lets itself be. See Interop/Faults/tools/agent.py.

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.CertPathBuilder;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

public class Fault {
  static final InheritableThreadLocal<ByteArrayOutputStream> written = new InheritableThreadLocal<>();
  static final PrintStream answers = System.out;

  public static void main(String[] arguments) {
    // Each order's thread has its own: what the debug log says goes there.
    System.setErr(new PrintStream(new OutputStream() {
      @Override
      public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int start, int count) {
        var own = written.get();
        if (own != null) {
          own.write(bytes, start, count);
        }
      }
    }, true));
    var lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      var order = new HashMap<String, String>();
      for (var field : lines.nextLine().split("\t")) {
        var at = field.indexOf('=');
        order.put(field.substring(0, at), field.substring(at + 1));
      }
      var thread = new Thread(() -> play(order));
      thread.setDaemon(true);
      thread.start();
    }
  }

  static void play(Map<String, String> order) {
    written.set(new ByteArrayOutputStream());
    var id = order.get("id");
    SSLContext context;
    try {
      context = context(order);
    } catch (Exception error) {
      say(id, "refused", error);
      return;
    }
    try {
      if (order.get("role").equals("server")) {
        serve(order, context);
      } else {
        connect(order, context);
      }
      say(id, "done", null);
    } catch (Exception error) {
      say(id, "failed", error);
    }
  }

  static void serve(Map<String, String> order, SSLContext context) throws Exception {
    var loopback = InetAddress.getByName("127.0.0.1");
    try (var listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      listener.setSoTimeout(20_000);
      var parameters = parameters(order);
      switch (order.get("auth")) {
        case "required" -> parameters.setNeedClientAuth(true);
        case "optional" -> parameters.setWantClientAuth(true);
        default -> { }
      }
      if (order.containsKey("knows")) {
        parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(order.get("knows").replace(".", "\\."))));
      }
      listener.setSSLParameters(parameters);
      answer(order.get("id"), "listening", String.valueOf(listener.getLocalPort()));
      try (var socket = (SSLSocket) listener.accept()) {
        socket.setSoTimeout(limit(order));
        socket.startHandshake();
        socket.getInputStream().transferTo(socket.getOutputStream());
      }
    }
  }

  static void connect(Map<String, String> order, SSLContext context) throws Exception {
    var port = Integer.parseInt(order.get("port"));
    var plain = new Socket("127.0.0.1", port);
    plain.setSoTimeout(limit(order));
    try (var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, order.get("name"), port, true)) {
      var parameters = parameters(order);
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
      if (socket.getInputStream().readNBytes(6).length < 6) {
        throw new IOException("the connection was closed without an answer");
      }
    }
  }

  static int limit(Map<String, String> order) {
    return 1000 * Integer.parseInt(order.getOrDefault("seconds", "8"));
  }

  static SSLParameters parameters(Map<String, String> order) {
    var versions = order.get("versions").split(",");
    for (var i = 0; i < versions.length; i++) {
      versions[i] = "TLSv" + versions[i];
    }
    var suites = order.get("suites");
    var parameters = new SSLParameters(suites == null ? null : suites.split(","), versions);
    if (order.containsKey("protocols")) {
      parameters.setApplicationProtocols(order.get("protocols").split(","));
    }
    return parameters;
  }

  static SSLContext context(Map<String, String> order) throws Exception {
    var password = new char[0];
    var keys = KeyManagerFactory.getInstance("PKIX");
    var own = emptyStore();
    if (order.containsKey("chain")) {
      own.setKeyEntry("own", key(order.get("key")), password, certificates(order.get("chain")));
    }
    keys.init(own, password);
    var trust = TrustManagerFactory.getInstance("PKIX");
    var roots = emptyStore();
    var number = 0;
    for (var root : certificates(order.get("roots"))) {
      roots.setCertificateEntry("root" + number++, root);
    }
    if (order.containsKey("crl")) {
      var parameters = new PKIXBuilderParameters(roots, new X509CertSelector());
      var text = new ByteArrayInputStream(Files.readAllBytes(Path.of(order.get("crl"))));
      var crls = CertificateFactory.getInstance("X.509").generateCRLs(text);
      parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
      var checker = (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
      checker.setOptions(EnumSet.of(
          PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK,
          PKIXRevocationChecker.Option.ONLY_END_ENTITY));
      parameters.addCertPathChecker(checker);
      trust.init(new CertPathTrustManagerParameters(parameters));
    } else {
      trust.init(roots);
    }
    var context = SSLContext.getInstance("TLS");
    var managers = order.containsKey("whim") ? new TrustManager[] {new RefusesAnyone()} : trust.getTrustManagers();
    context.init(keys.getKeyManagers(), managers, null);
    return context;
  }

  static class RefusesAnyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
      throw new CertificateException("not on the list");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
      throw new CertificateException("not on the list");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  static KeyStore emptyStore() throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  static Certificate[] certificates(String file) throws Exception {
    var pem = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)));
    return CertificateFactory.getInstance("X.509").generateCertificates(pem).toArray(new Certificate[0]);
  }

  static PrivateKey key(String file) throws Exception {
    var pem = Files.readString(Path.of(file)).replaceAll("-----.*-----", "");
    var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem));
    for (var algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException wrongAlgorithm) {
        continue;
      }
    }
    throw new IOException("a key of an unknown kind: " + file);
  }

  /** What a program prints that lets its exception go, without the frames; then the debug log. */
  static void say(String id, String what, Throwable error) {
    var text = new StringBuilder();
    for (var cause = error; cause != null; cause = cause.getCause()) {
      text.append(cause == error ? "" : "Caused by: ").append(cause).append("\n");
    }
    var log = Base64.getEncoder().encodeToString(written.get().toByteArray());
    var shown = Base64.getEncoder().encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
    answer(id, what, shown, log);
  }

  static synchronized void answer(String... fields) {
    answers.println(String.join("\t", fields));
  }
}
