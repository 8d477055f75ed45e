# `make help` lists what there is. Each target is a command of bin/ under a short name; `bin/NAME --help` says more.
#   ENV=prod             the environment, a file of config/environments (default: local, the AWS embedded on this machine)
#   YES=1  REVIEW=1  ALLOW_REPLACEMENT=1  STACK=name  JSON=1   the flags of the same name
#   ARGS="..."           anything else for the command

ENV ?= local
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

# What a command starts may be make again, which is to begin anew.
MAKEOVERRIDES :=
unexport ENV YES REVIEW ALLOW_REPLACEMENT STACK JSON ARGS SERVICE COMMIT WORKING_TREE NAME LOG

# A variable as one word for the shell, whatever is in it. ARGS alone is as many words as it has.
quoted = '$(subst ','\'',$(value $(1)))'

flags = $(if $(YES),--yes) $(if $(REVIEW),--review) $(if $(ALLOW_REPLACEMENT),--allow-replacement) \
        $(if $(STACK),--stack $(call quoted,STACK)) $(if $(JSON),--json) $(ARGS)

environment = --environment $(call quoted,ENV)
release_flags = $(environment) $(if $(SERVICE),--service $(call quoted,SERVICE)) $(if $(JSON),--json)

##@ The main job

.PHONY: init
init:  ## write settings and files for your own service; SERVICE=name adds one to the system (ARGS=--dry-run: only show)
	@bin/init $(if $(SERVICE),--service $(call quoted,SERVICE)) $(if $(YES),--yes) $(if $(JSON),--json) $(ARGS)

.PHONY: deploy
deploy:  ## make the templates, lint them, and deploy them to ENV
	@bin/templates
	@bin/deploy $(environment) $(flags)

.PHONY: review
review:  ## make change sets only, to be looked at in the console
	@bin/templates
	@bin/deploy $(environment) --review $(flags)

.PHONY: templates
templates:  ## make build/*.json from config/system.toml and lint them; says nothing when all is in order
	@bin/templates $(if $(JSON),--json) $(ARGS)

.PHONY: templates-check
templates-check:  ## fail when build/ is not what the source makes
	@bin/templates --check $(ARGS)

.PHONY: secret
secret:  ## put the value of a secret where the service reads it: make secret NAME=/APPLICATION/SERVICE/NAME
	@bin/secret $(if $(NAME),put $(environment) $(call quoted,NAME),list $(environment)) $(ARGS)

.PHONY: destroy
destroy:  ## delete the stacks of ENV, each after its name is typed; what holds data stays
	@bin/destroy $(environment) $(if $(STACK),--stack $(call quoted,STACK)) $(if $(JSON),--json) $(ARGS)

.PHONY: doctor
doctor:  ## say what is wrong with machine, AWS and releases, and what to do; LOG=file names the cause in a log
	@bin/doctor $(if $(LOG),--log $(call quoted,LOG),$(environment)) $(if $(JSON),--json) $(ARGS)

##@ Releasing

# The pipeline deploys images, not templates: what was changed in config/ since would be missed after the release.
undeployed = build/ is not what config/ makes: this release uses the stacks as they are; run 'make deploy' to change them.

.PHONY: release migrate rollback verify
release:  ## release the branch through the pipeline and follow it: SERVICE=name, COMMIT=id, WORKING_TREE=1
	@bin/templates --check >/dev/null || [ $$? != 1 ] || echo "$(undeployed)" >&2
	@bin/release $(release_flags) $(if $(COMMIT),--commit $(call quoted,COMMIT)) \
	  $(if $(WORKING_TREE),--working-tree) $(ARGS)
migrate:  ## run the migrations in a one-off task; COMMAND="python -m cruddur.database_commands seed" runs that
	@bin/migrate $(release_flags) $(if $(COMMAND),--command $(call quoted,COMMAND)) $(ARGS)
rollback:  ## deploy what the last good release deployed
	@bin/rollback $(release_flags) $(if $(YES),--yes) $(ARGS)
verify:  ## what an image is made of and whether it may be deployed: the one that runs, or IMAGE=digest or commit
	@bin/verify $(release_flags) $(ARGS) $(if $(IMAGE),$(call quoted,IMAGE))

# The other commands about releases: what `##` says in a script of bin/ is its line in the help.
hash := \#
releasing := $(notdir $(shell grep -ls '^$(hash)$(hash) ' bin/*))
.PHONY: $(releasing)
$(releasing):
	@bin/$@ $(release_flags) $(ARGS)

##@ The AWS on this machine

.PHONY: local-start local-stop local-status local-reset handshake
local-start:  ## start it (deploy does so by itself)
	@bin/local-aws start $(ARGS)
local-stop:  ## stop it; what is deployed there stays
	@bin/local-aws stop $(ARGS)
local-status:  ## tell whether it runs, and what it holds
	@bin/local-aws status $(if $(JSON),--json) $(ARGS)
local-reset:  ## stop it and forget all that was deployed there
	@bin/local-aws reset $(ARGS)
handshake:  ## finish the connection to GitHub there; its repository is this one
	@bin/local-aws handshake $(ARGS)

##@ Checking

.PHONY: test test-all
test:  ## run the tests, on a real PostgreSQL and the AWS on this machine: about five minutes
	@bin/test $(ARGS)
test-all:  ## run them with those that take long: attacks, kills, time-outs; twice as long
	@bin/test --all

# What starts no server, no container and no build of the project.
quick_tests := $(wildcard $(patsubst %,tests/%,settings templates_src system_model buildspecs contracts lint_rules)) \
  $(patsubst %,tests/test_%.py,walls architecture scripts aws_facts)

.PHONY: test-quick
test-quick:  ## the half of them that starts nothing: about a minute
	@bin/test $(quick_tests) --numprocesses 4 $(ARGS)

# What waits more than it works: several processes share it. The rest has limits of time, and runs alone.
state_tables := tests/faults/test_every_state.py tests/faults/test_every_state_of_a_release.py
rollouts := tests/faults/test_rollouts.py tests/faults/rollouts tests/faults/code_deploy
releases := $(patsubst %,tests/faults/test_%.py,admission slow_scenarios two_systems permissions_needed)

.PHONY: faults faults-of-states faults-of-rollouts faults-of-releases faults-alone
faults: faults-of-states faults-of-rollouts faults-of-releases faults-alone  ## kill the AWS on this machine at twenty moments, fill its disk, break its files: nothing is lost
faults-of-states:  ## deploy, review, destroy and release in every state that a stack can have
	@bin/test $(state_tables) --numprocesses 4 $(ARGS)
faults-of-rollouts:  ## shift traffic to new tasks that are well, sick, watched, hooked and killed, while clients ask on
	@bin/test $(rollouts) --numprocesses 4 $(ARGS)
faults-of-releases:  ## release what the gates must refuse, and two systems side by side
	@bin/test $(releases) --numprocesses 3 $(ARGS)
faults-alone:
	@bin/test tests/faults $(patsubst %,--ignore %,$(state_tables) $(rollouts) $(releases)) $(ARGS)

.PHONY: check
check:  ## test, and look at the code: format, lint, types, and that build/ is fresh
	@bin/check $(ARGS)

.PHONY: lint
lint:  ## find what AWS would only say later, in this project; bin/lint PATH looks at anyone's files
	@bin/lint $(if $(JSON),--format json) $(ARGS)

.PHONY: waivers base-images
waivers:  ## list the findings that config/waivers.toml accepts for a time, with the days left
	@bin/waivers $(if $(JSON),--json) $(ARGS)
base-images:  ## name the base images by the digests that their tags have now (ARGS=--check: only say so)
	@bin/base-images $(ARGS)

.PHONY: permissions-needed
permissions-needed:  ## print the IAM policies that whoever deploys to ENV needs (ARGS=--role: CloudFormation has a role)
	@bin/permissions-needed $(environment) $(ARGS)

.PHONY: prove
prove:  ## show by execution that each role may do enough and nothing more (ARGS=--samples, ARGS="--without ROLE:SID")
	@bin/prove $(if $(JSON),--json) $(ARGS)

.PHONY: fuzz
fuzz:  ## ten thousand mutated templates and buildspecs: none may end in a traceback
	@FUZZ_CASES=10000 bin/test tests/lint_rules/test_fuzz.py tests/contracts/test_fuzz.py tests/buildspecs/test_malformed.py --numprocesses 2

.PHONY: bench
bench:  ## how long making and linting the templates takes, beside the same by hand
	@bin/bench $(ARGS)

.PHONY: bench-rules bench-lint bench-ledger bench-durability bench-release bench-rollout bench-deploy bench-backend
bench-rules:  ## what the rules of lint_rules/ add to cfn-lint's own time
	@bin/bench-rules $(ARGS)
bench-lint:  ## what linting a file takes, and a folder of 200 beside as many processes
	@bin/bench-lint $(ARGS)
bench-ledger:  ## what the ledger of IAM's decisions adds to a release on this machine
	@bin/bench-ledger $(ARGS)
bench-durability:  ## what it adds to a release that each answered change is on disk
	@bin/bench-durability $(ARGS)
bench-release:  ## how long a release takes, beside the same in a shell, without its gates, and with the earlier Test
	@bin/bench-release $(ARGS)
bench-rollout:  ## what this machine adds to each stage of a deployment that shifts traffic
	@bin/bench-rollout $(ARGS)
bench-deploy:  ## how time and memory of a deployment grow with the number of services
	@bin/bench-deploy $(ARGS)
bench-backend:  ## how many requests the service answers, beside the same work done by hand
	@bin/setup backend && bin/bench-backend $(ARGS)

##@ Housekeeping

.PHONY: lock
lock:  ## regenerate the lock files from requirements*.in
	@bin/lock $(ARGS)

.PHONY: rules
rules:  ## write docs/rules.md from the rules
	@bin/rules $(ARGS)

.PHONY: clean
clean:  ## remove what can be made again: environments, caches (not build/, not the state of the local AWS)
	@rm -rf .venv backend-flask/.venv backend-flask/.build-venv backend-flask/reports .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: help
help:  ## this list
	@awk 'BEGIN { FS = ":.*## " } \
	  function line(name, text) { return sprintf("  make %-16s %s\n", name, text) } \
	  FILENAME ~ /^bin\// { if (sub(/^## /, "")) releasing = releasing line(substr(FILENAME, 5), $$0); next } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "%s", line($$1, $$2) } \
	  /^\$$\(releasing\):/ { printf "%s", releasing }' $(addprefix bin/,$(releasing)) $(MAKEFILE_LIST)
	@printf '\nFirst time: make deploy, then make test. ENV=prod takes them to your AWS account.\n'
