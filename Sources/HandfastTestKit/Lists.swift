import HandfastCore
package import HandfastWire

extension [CipherSuite] {
  /// Those of the list that TLS 1.2 can use.
  package var tls12: [CipherSuite] { filter { CipherSuiteParameters($0) != nil } }
  /// Those of the list that TLS 1.3 can use.
  package var tls13: [CipherSuite] { filter { CipherSuite13($0) != nil } }
}

extension [NamedGroup] {
  /// Those of the list that are no hybrids: all that TLS 1.2 can use.
  package var classical: [NamedGroup] { filter { !$0.isKEM } }
}
