// swift-tools-version: 6.2
import PackageDescription

/// How the programs that are installed get linked: they start faster, and are smaller. Unsafe flags of an executable do not
/// keep other packages from depending on BearerClient.
let installedLinking: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld",
            // 40,000 relative relocations take 8 kB in place of 1 MB. Needs glibc 2.36.
            "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
            // Nobody loads these programs to call them.
            "-Xlinker", "--no-export-dynamic",
            // A quarter of the time of `bearerctl token` went into loading and relocating libstdc++.
            "-Xlinker", "--remap-inputs=*/libstdc++.so=\(Context.packageDirectory)/Sources/libstdc++.ld",
        ], .when(configuration: .release))
]

let package = Package(
    name: "bearerd",
    products: [
        .executable(name: "bearerd", targets: ["bearerd"]),
        .executable(name: "bearerctl", targets: ["bearerctl"]),
        .executable(name: "bearerd-simulator", targets: ["bearerd-simulator"]),
        .library(name: "BearerClient", targets: ["BearerClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLinux"),
        .target(name: "BearerCore"),
        .target(name: "BearerJSON"),
        .target(name: "BearerProtocol", dependencies: ["BearerCore", "BearerJSON"]),
        .target(
            name: "BearerUpstream",
            dependencies: ["CCurl", "CCrypto", "CLinux", "BearerCore", "BearerJSON", "BearerLoop"]),
        .target(name: "BearerLoop", dependencies: ["CLinux", "BearerCore"]),
        .target(
            name: "BearerSystemd",
            dependencies: [
                "CSystemd", "BearerCore", "BearerLoop",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "BearerConfiguration", dependencies: ["CYAML", "BearerCore"]),
        .target(
            name: "BearerState", dependencies: ["CCrypto", "CLinux", "BearerCore", "BearerJSON", "BearerSystemd"]),
        .target(
            name: "BearerService",
            dependencies: [
                "CLinux", "BearerCore", "BearerJSON", "BearerProtocol", "BearerLoop", "BearerUpstream", "BearerSystemd",
                "BearerConfiguration", "BearerState",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "AuthServerSimulator",
            dependencies: [
                "COpenSSL", "BearerJSON",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        .target(
            name: "BearerClient", dependencies: ["CLinux", "BearerCore", "BearerJSON", "BearerLoop", "BearerProtocol"]),
        .executableTarget(
            name: "bearerd",
            dependencies: [
                "BearerCore", "BearerService", "BearerConfiguration",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: installedLinking),
        .executableTarget(
            name: "bearerctl",
            dependencies: [
                "CLinux", "BearerClient", "BearerCore", "BearerJSON", "BearerLoop", "BearerProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            linkerSettings: installedLinking),
        .executableTarget(
            name: "bearerd-simulator",
            dependencies: [
                // The demo runs them: depending on them builds them.
                "bearerd", "bearerctl",
                "AuthServerSimulator", "BearerClient", "BearerLoop", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(
            name: "TestSupport",
            dependencies: ["CLinux", "BearerCore", "BearerJSON", "BearerLoop", "BearerSystemd", "BearerState"],
            path: "Tests/TestSupport"),
        .testTarget(name: "BearerCoreTests", dependencies: ["BearerCore", "TestSupport"]),
        .testTarget(name: "BearerJSONTests", dependencies: ["BearerJSON", "TestSupport"]),
        .testTarget(name: "BearerProtocolTests", dependencies: ["BearerProtocol", "TestSupport"]),
        .testTarget(
            name: "BearerUpstreamTests",
            dependencies: [
                "BearerUpstream", "CCurl", "CCrypto", "AuthServerSimulator", "TestSupport",
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(
            name: "BearerClientTests",
            dependencies: ["BearerClient", "BearerCore", "BearerLoop", "BearerProtocol", "TestSupport"]),
        .testTarget(name: "BearerLoopTests", dependencies: ["BearerLoop", "TestSupport"]),
        .testTarget(
            name: "BearerSystemdTests",
            dependencies: [
                "BearerSystemd", "BearerCore", "BearerLoop", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "BearerConfigurationTests", dependencies: ["BearerConfiguration", "TestSupport"]),
        .testTarget(
            name: "BearerStateTests", dependencies: ["CLinux", "BearerState", "BearerUpstream", "TestSupport"]),
        .testTarget(
            name: "BearerServiceTests",
            dependencies: [
                "BearerService", "BearerCore", "BearerConfiguration", "BearerLoop", "BearerState",
                "AuthServerSimulator",
                "TestSupport",
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        .testTarget(name: "AuthServerSimulatorTests", dependencies: ["AuthServerSimulator", "TestSupport"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "bearerd", "bearerctl", "AuthServerSimulator", "BearerClient", "BearerJSON", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where [.regular, .executable, .test].contains(target.type) && target.name != "CLinux" {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
