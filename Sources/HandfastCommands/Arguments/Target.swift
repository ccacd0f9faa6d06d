import ArgumentParser

/// Where to connect to: "host:port", "[::1]:port".
package struct Target: ExpressibleByArgument, CustomStringConvertible, Sendable {
  package let host: String
  package let port: Int

  package init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.contains(":") == argument.hasPrefix("[") else { return nil }
    (self.host, self.port) = (String(host), port)
  }

  package static func parsed(_ argument: String) throws -> Target {
    guard let target = Target(argument: argument) else { throw misfit(argument) }
    return target
  }

  /// What is wrong with an argument that is no target, and what to pass instead.
  static func misfit(_ argument: String) -> ValidationError {
    guard !argument.isEmpty, !argument.contains(":") else {
      return ValidationError("pass a host and a port up to 65535, such as localhost:4433 or [::1]:4433")
    }
    return ValidationError("the port is missing; pass it after a colon, such as \(argument):443")
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
