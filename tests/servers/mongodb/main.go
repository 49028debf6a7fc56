// A MongoDB-protocol server for the tests: FerretDB's SQLite handler, embedded.
//
// No package carries mongod for every machine that runs these tests. FerretDB speaks the protocol,
// stores in SQLite files and needs nothing else. It has no TTL or partial indexes, no transactions
// and no $lookup, and filters by scanning: right for tests, no measure of MongoDB's speed.
//
// Usage: mongodb -listen 127.0.0.1:27017 -directory DIRECTORY
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27017", "address and port to listen on")
	directory := flag.String("directory", "", "existing directory for the SQLite files")
	flag.Parse()

	absolute, err := filepath.Abs(*directory)
	if err != nil || *directory == "" {
		log.Fatal("-directory must name an existing directory")
	}

	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: *listen},
		Handler:   "sqlite",
		SQLiteURL: "file:" + absolute + "/",
	})
	if err != nil {
		log.Fatal(err)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
