import ArgumentParser
package import Handfast

/// A cipher suite by its registered name, with or without the "TLS_".
package struct SuiteArgument: ExpressibleByArgument, Sendable {
  package let suite: CipherSuite

  package init?(argument: String) {
    let name = argument.uppercased()
    let known: [CipherSuite] = .recommended + .rsaKeyTransport
    guard let suite = known.first(where: { $0.name == name || $0.name == "TLS_" + name }) else { return nil }
    self.suite = suite
  }

  package var defaultValueDescription: String { suite.description }
  package static var allValueStrings: [String] { ([CipherSuite].recommended + .rsaKeyTransport).compactMap(\.name) }
}
