create table if not exists handinger_runs (
	task_name varchar(100) not null,
	task_instance varchar(100) not null,
	task_data bytea,
	execution_time timestamp with time zone not null,
	picked boolean not null,
	picked_by varchar(50),
	last_success timestamp with time zone,
	last_failure timestamp with time zone,
	consecutive_failures int,
	last_heartbeat timestamp with time zone,
	version bigint not null,
	task_id varchar(255),
	primary key (task_name, task_instance)
);

create index if not exists handinger_runs_execution_time on handinger_runs (execution_time);

create index if not exists handinger_runs_last_heartbeat on handinger_runs (last_heartbeat);

create index if not exists handinger_runs_task_id on handinger_runs (task_id);
