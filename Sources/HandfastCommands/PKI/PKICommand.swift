package import ArgumentParser

/// `handfast pki`: certificates for trying mutual TLS out, and what a certificate is fit for.
package struct PKICommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "pki",
    abstract: "Make certificates for development, and explain certificates as TLS sees them.",
    discussion: """
      Examples:
        handfast pki
            the same as `pki make`: a root, an intermediate, a server's and a client's certificate in the folder pki
        handfast pki --directory certificates --server-name api.example --client-name alice --key-type rsa-2048
        handfast pki show pki/server.pem
            what it is fit for, what not, and why
        handfast pki revoke pki/client.pem --authority pki/intermediate.pem --crl pki/intermediate.crl
            put a certificate on a revocation list
      """,
    subcommands: [PKIMakeCommand.self, PKIShowCommand.self, PKIRevokeCommand.self],
    defaultSubcommand: PKIMakeCommand.self)

  package init() {}
}
